#include "examples/look/page.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "autograd/ops.h"
#include "examples/look/drawings.h"
#include "examples/report/numbers.h"
#include "examples/report/style.h"

namespace heed::look {
namespace {

using report::element;
using report::Markup;

constexpr std::string_view own_style = R"css(
.head line { stroke: var(--heat); stroke-width: 2.5; }
.head .asks:hover text { font-weight: 700; fill: var(--ink); }
.head svg:hover .asks:not(:hover) line { stroke-opacity: .04; }
.head svg text { font-size: 13px; } .heads { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
.head svg { width: 430px; max-width: 100%; }
.model td, .model th { border: 0; padding: .2rem; } .model span { font-size: .68rem; }
.thumbnail { width: 74px; height: 74px; background: var(--soft); }
.thumbnail path { fill: var(--heat); }
)css";

Markup header(std::initializer_list<std::string_view> names) {
  Markup cells;
  for (const std::string_view name : names) cells.add(element("th", {{"scope", "col"}}, name));
  return element("thead", {}, element("tr", {}, cells));
}

Markup section(std::string_view title, std::string_view note, const Markup& content) {
  if (content.empty()) return {};
  return element("section", {}, element("h2", {}, title), element("p", {{"class", "note"}}, note),
                 content);
}

Markup strongest(const Shown& shown) {
  Markup rows;
  for (const Asked& asked : shown.asked) {
    for (const Link& link : asked.links) {
      rows.add(element("tr", {}, element("th", {{"scope", "row"}}, shown.reading.words[asked.word]),
                       element("td", {}, head_name(link.layer, link.head)),
                       element("td", {}, shown.reading.words[link.to]),
                       element("td", {}, report::fixed(link.weight, 2))));
    }
  }
  if (rows.empty()) return {};
  return element("table", {}, header({"word", "head", "looks at", "weight"}),
                 element("tbody", {}, rows));
}

Markup large_heads(const Shown& shown) {
  Markup figures;
  for (const auto& [layer, head] : shown.heads) {
    figures.add(head_view(shown.reading, layer, head));
  }
  return figures.empty() ? figures : element("div", {{"class", "heads"}}, figures);
}

Markup nearest(const Shown& shown) {
  Markup rows;
  for (const Near& near : shown.near) {
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, near.sentence),
                     element("td", {}, report::fixed(near.cosine, 3))));
  }
  if (rows.empty()) return {};
  return element("table", {}, header({"sentence", "cosine"}), element("tbody", {}, rows));
}

// A tensor as nested lists, every digit kept.
nlohmann::json lists(const Tensor& x) {
  nlohmann::json all = nlohmann::json::array();
  if (x.rank() == 1) {
    for (const Real value : x.values()) all.push_back(value);
    return all;
  }
  for (Index i = 0; i < x.dim(0); ++i) all.push_back(lists(select(x, 0, i)));
  return all;
}

}  // namespace

std::string html_page(const Shown& shown) {
  Markup page = report::page_head("heed look: " + shown.text, own_style);
  page.open("body", {});
  page.add(element("header", {}, element("h1", {}, "Where a model looks"),
                   element("p", {{"class", "lead"}}, shown.text),
                   element("p", {{"class", "note"}},
                           fmt::format("{}: {} layers of {} heads, {} tokens. Weights of the parts "
                                       "of a word are added where it is looked at, and averaged "
                                       "where it asks. Layers and heads count from 0.",
                                       shown.model, shown.reading.maps.size(),
                                       shown.reading.maps.front().dim(0),
                                       shown.reading.tokens.size()))));
  Markup written;
  if (!shown.written.empty()) written = element("p", {}, shown.written);
  page.add(element(
      "main", {},
      section("The strongest heads",
              "The heads that give one other word most. A weight says where a head looks, not what "
              "the model makes of it.",
              strongest(shown)),
      section("Heads, word by word",
              "Left: who asks; right: who is looked at. Point at a word to see its lines alone.",
              large_heads(shown)),
      section("All heads", "Rows ask, columns are looked at; darker is more weight.",
              report::Markup(model_view(shown.reading))),
      section("The nearest sentences", "By the cosine between the means over their tokens.",
              nearest(shown)),
      section("What it writes", "", written)));
  return page.close("body").close("html").str() + "\n";
}

std::string json_of(const Shown& shown) {
  nlohmann::json maps = nlohmann::json::array(), near = nlohmann::json::array();
  for (const Tensor& map : shown.reading.maps) maps.push_back(lists(map));
  for (const Near& one : shown.near) {
    near.push_back({{"sentence", one.sentence}, {"cosine", one.cosine}});
  }
  const nlohmann::json all = {{"model", shown.model},          {"text", shown.text},
                              {"tokens", shown.reading.tokens}, {"words", shown.reading.words},
                              {"word_of", shown.reading.word_of}, {"maps", maps},
                              {"hidden", lists(shown.reading.hidden)},
                              {"near", near},                  {"written", shown.written}};
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace heed::look
