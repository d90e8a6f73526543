#include "examples/listen/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "examples/report/markup.h"
#include "examples/report/numbers.h"
#include "examples/report/shades.h"
#include "examples/report/style.h"

namespace heed::listen {
namespace {

using report::element;
using report::Markup;

constexpr std::string_view own_style = R"css(
.heard svg { width: 100%; } .heard path { fill: var(--heat); }
.heard .word { stroke: var(--cold); stroke-width: 1; }
)css";

// Pixels: a second, a band, a line of text, the names at the left.
constexpr double second = 100, band = 1.5, line = 16, names = 90;

std::string at(double place) { return fmt::format("{:.1f}", place); }

// A matrix (rows, columns) of numbers, stretched over `width` and `height` pixels; its largest
// number is black.
Markup stretched(const Tensor& x, double left, double top, double width, double height,
                 bool upside_down) {
  const auto rows = static_cast<std::size_t>(x.dim(0));
  const auto columns = static_cast<std::size_t>(x.dim(1));
  const double least = min(x).item(), span = std::max(max(x).item() - least, 1e-9);
  const Markup cells = report::shades(rows, columns, [&](std::size_t row, std::size_t column) {
    const std::size_t from = upside_down ? rows - 1 - row : row;
    return (static_cast<double>(x.values()[from * columns + column]) - least) / span;
  });
  return element("g",
                 {{"transform", fmt::format("translate({:g} {:g}) scale({:g} {:g})", left, top,
                                            width / static_cast<double>(columns),
                                            height / static_cast<double>(rows))}},
                 cells);
}

// The spectrogram, low sounds below, and under it where each token looked; lines where words begin.
Markup picture(const Heard& heard) {
  const double width = second * (heard.to - heard.from);
  const double sound = band * static_cast<double>(heard.features.dim(0)), under = sound + 20;
  const double text = line * static_cast<double>(heard.tokens.size());
  Markup svg = stretched(heard.features, names, 0, width, sound, true);
  if (!heard.tokens.empty()) svg.add(stretched(heard.weights, names, under, width, text, false));
  for (std::size_t i = 0; i < heard.tokens.size(); ++i) {
    const double y = under + line * (static_cast<double>(i) + 0.75);
    svg.add(element("text", {{"x", at(names - 6)}, {"y", at(y)}, {"text-anchor", "end"}},
                    heard.tokens[i]));
  }
  for (const Word& word : heard.words) {
    const std::string x = at(names + second * (word.begin - heard.from));
    svg.add(element("line", {{"x1", x}, {"x2", x}, {"y1", "0"}, {"y2", at(under + text)},
                             {"class", "word"}}));
    svg.add(element("text", {{"x", x}, {"y", at(sound + 14)}}, word.text));
  }
  return element("svg",
                 {{"viewBox", fmt::format("0 0 {:g} {:g}", names + width + 30, under + text + 4)},
                  {"style", fmt::format("max-width:{:g}px", 2 * (names + width + 30))},
                  {"role", "img"},
                  {"aria-label", "the sound by frequency, and where each token looked"}},
                 svg);
}

Markup times(const Heard& heard) {
  Markup rows;
  for (const Word& word : heard.words) {
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, word.text),
                     element("td", {}, report::fixed(word.begin, 2)),
                     element("td", {}, report::fixed(word.end, 2))));
  }
  const auto name = [](const char* words) { return element("th", {{"scope", "col"}}, words); };
  return element("details", {}, element("summary", {}, "When each word was said"),
                 element("table", {},
                         element("thead", {}, element("tr", {}, name("word"), name("from, seconds"),
                                                      name("to"))),
                         element("tbody", {}, rows)));
}

}  // namespace

std::string html_page(const std::string& file, const std::vector<Heard>& all) {
  Markup page = report::page_head("heed listen: " + file, own_style);
  Markup parts;
  for (const Heard& heard : all) {
    parts.add(element("section", {{"class", "heard"}},
                      element("h2", {}, fmt::format("{} to {} seconds",
                                                    report::fixed(heard.from, 1),
                                                    report::fixed(heard.to, 1))),
                      element("p", {{"class", "lead"}}, heard.text), picture(heard), times(heard)));
  }
  page.open("body", {});
  page.add(element("header", {}, element("h1", {}, "What a model heard"),
                   element("p", {{"class", "note"}},
                           file + ". Above: the sound, low frequencies below; under it where each "
                                  "token looked while it was written, the mean of the heads that "
                                  "follow the sound. Lines: where words begin, by the way through "
                                  "these weights that never goes back.")));
  page.add(element("main", {}, parts));
  return page.close("body").close("html").str() + "\n";
}

}  // namespace heed::listen
