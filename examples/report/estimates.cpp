// How well gradients through choices are estimated: bias and noise of each way, as dots on two
// scales and as a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "examples/report/numbers.h"
#include "examples/report/scale.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

// Units of the viewBox: names at the left, then the two scales, a line an estimator.
constexpr double names = 200, each = 190, gap = 30, line = 26, top = 40, bottom = 12;

std::string at(double place) { return fmt::format("{:.1f}", place); }

Markup text(double x, double y, const char* anchor, const std::string& words) {
  return element("text", {{"x", at(x)}, {"y", at(y)}, {"text-anchor", anchor}}, words);
}

double y_of(std::size_t row) { return top + line * (static_cast<double>(row) + 0.5); }

// One scale with a dot an estimator.
Markup column(const std::vector<ChoiceGradient>& all, double ChoiceGradient::*of,
              const std::string& title, double left, int colour) {
  std::vector<double> values;
  for (const ChoiceGradient& one : all) values.push_back(one.*of);
  const Scale scale = Scale::logarithmic(*std::ranges::min_element(values),
                                         *std::ranges::max_element(values));
  const double end = top + line * static_cast<double>(all.size());
  Markup svg = text(left, 12, "start", title);
  for (const double tick : scale.ticks()) {
    const double x = left + each * scale.at(tick);
    svg.add(element("line", {{"x1", at(x)}, {"x2", at(x)}, {"y1", at(top)}, {"y2", at(end)},
                             {"class", "grid"}}));
    svg.add(text(x, top - 8, "middle", significant(tick)));
  }
  for (std::size_t row = 0; row < all.size(); ++row) {
    svg.add(element("circle",
                    {{"cx", at(left + each * scale.at(values[row]))},
                     {"cy", at(y_of(row))},
                     {"r", "5"},
                     {"fill", fmt::format("var(--c{})", colour)}},
                    element("title", {},
                            fmt::format("{}, {}: {}", all[row].name, title,
                                        significant(values[row])))));
  }
  return svg;
}

Markup table_of(const std::vector<ChoiceGradient>& all) {
  Markup rows;
  for (const ChoiceGradient& one : all) {
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, one.name),
                     element("td", {}, fmt::format("{} ± {}", fixed(one.bias, 4),
                                                   fixed(one.error, 4))),
                     element("td", {}, significant(one.noise))));
  }
  const Markup head =
      element("tr", {}, element("th", {{"scope", "col"}}, "estimator"),
              element("th", {{"scope", "col"}}, "bias, and its standard error"),
              element("th", {{"scope", "col"}}, "noise of one draw"));
  return scrolling("Bias and noise of each estimator",
                   element("table", {}, element("thead", {}, head), element("tbody", {}, rows)));
}

}  // namespace

Markup choice_gradients(const Results& results) {
  std::vector<ChoiceGradient> all;
  for (const ChoiceGradient& one : results.choice_gradients) {
    const bool usable = one.bias > 0 && one.noise > 0 && std::isfinite(one.bias) &&
                        std::isfinite(one.noise);
    if (usable) all.push_back(one);
  }
  if (all.size() < 2) return {};
  Markup svg;
  for (std::size_t row = 0; row < all.size(); ++row) {
    svg.add(text(names - 14, y_of(row) + 4, "end", all[row].name));
  }
  svg.add(column(all, &ChoiceGradient::bias, "bias", names, 0));
  svg.add(column(all, &ChoiceGradient::noise, "noise of one draw", names + each + gap, 1));
  const double width = names + 2 * each + 2 * gap;
  const double height = top + line * static_cast<double>(all.size()) + bottom;
  return element("figure", {{"class", "panel"}},
                 element("svg",
                         {{"viewBox", fmt::format("0 0 {} {}", width, height)},
                          {"role", "img"},
                          {"aria-label", "Bias and noise of gradients through a choice"}},
                         svg))
      .add(table_of(all));
}

}  // namespace heed::report
