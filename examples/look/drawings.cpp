#include "examples/look/drawings.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "examples/report/numbers.h"
#include "examples/report/shades.h"

namespace heed::look {
namespace {

using report::element;
using report::Markup;

// Pixels: a line of text, the columns of words, the space between them.
constexpr double line = 20, column = 120, between = 190;
// Lines of less are not drawn: a page of them would weigh megabytes.
constexpr double faintest = 0.03;

std::string at(double place) { return fmt::format("{:g}", place); }

double middle_of(std::size_t word) { return line * (static_cast<double>(word) + 0.5); }

// A layer's map as rows of numbers: map[h][i][j].
class Weights {
 public:
  Weights(const Reading& reading, std::size_t layer)
      : map_(reading.between_words(layer)), words_(reading.words.size()) {}
  double operator()(std::size_t head, std::size_t from, std::size_t to) const {
    return map_.values()[(head * words_ + from) * words_ + to];
  }
  std::size_t heads() const { return static_cast<std::size_t>(map_.dim(0)); }

 private:
  Tensor map_;
  std::size_t words_;
};

Markup word_at(const std::string& word, double x, double y, const char* anchor) {
  return element("text", {{"x", at(x)}, {"y", at(y + 4)}, {"text-anchor", anchor}}, word);
}

Markup thumbnail(const Weights& weights, std::size_t head, std::size_t words) {
  return element("svg", {{"viewBox", fmt::format("0 0 {0} {0}", words)}, {"class", "thumbnail"}},
                 report::shades(words, words, [&](std::size_t from, std::size_t to) {
                   return weights(head, from, to);
                 }));
}

}  // namespace

std::string head_name(std::size_t layer, std::size_t head) {
  return fmt::format("{}.{}", layer, head);
}

Markup head_view(const Reading& reading, std::size_t layer, std::size_t head) {
  const Weights weights(reading, layer);
  const std::size_t words = reading.words.size();
  Markup svg;
  for (std::size_t i = 0; i < words; ++i) {
    Markup asks = word_at(reading.words[i], column - 6, middle_of(i), "end");
    for (std::size_t j = 0; j < words; ++j) {
      const double weight = weights(head, i, j);
      if (weight < faintest) continue;
      asks.add(element("line",
                       {{"x1", at(column)}, {"y1", at(middle_of(i))},
                        {"x2", at(column + between)}, {"y2", at(middle_of(j))},
                        {"stroke-opacity", report::significant(weight)}},
                       element("title", {},
                               fmt::format("{} → {}: {}", reading.words[i], reading.words[j],
                                           report::fixed(weight, 3)))));
    }
    svg.add(element("g", {{"class", "asks"}}, asks));
    svg.add(word_at(reading.words[i], column + between + 6, middle_of(i), "start"));
  }
  const double width = 2 * column + between, height = line * static_cast<double>(words);
  return element(
      "figure", {{"class", "head"}},
      element("figcaption", {}, element("strong", {}, "head " + head_name(layer, head))),
      element("svg",
              {{"viewBox", fmt::format("0 0 {:g} {:g}", width, height)},
               {"style", fmt::format("max-width:{:g}px", width)},
               {"role", "img"},
               {"aria-label", "what each word looks at in head " + head_name(layer, head)}},
              svg));
}

Markup model_view(const Reading& reading) {
  Markup layers;
  for (std::size_t layer = 0; layer < reading.maps.size(); ++layer) {
    const Weights weights(reading, layer);
    Markup row = element("th", {{"scope", "row"}}, fmt::format("layer {}", layer));
    for (std::size_t head = 0; head < weights.heads(); ++head) {
      row.add(element("td", {}, thumbnail(weights, head, reading.words.size()),
                      element("span", {}, head_name(layer, head))));
    }
    layers.add(element("tr", {}, row));
  }
  return element("table", {{"class", "model"}}, element("tbody", {}, layers));
}

}  // namespace heed::look
