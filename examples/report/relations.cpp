// How mechanisms hang together: what becomes what, and what dividing scores is for.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "examples/report/layered.h"
#include "examples/report/numbers.h"
#include "examples/report/scale.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

std::string words(const Reduction& reduction) {
  const std::string when = reduction.when.empty() ? "" : " (" + reduction.when + ")";
  return reduction.from + when + " = " + reduction.to;
}

// The plot of gradients, in units of its viewBox.
constexpr double width = 480, height = 214, left = 52, right = 140, top = 22, bottom = 34;

struct Axes {
  Scale x, y;
  double px(double size) const { return left + (width - left - right) * x.at(size); }
  double py(double value) const { return top + height * (1 - y.at(value)); }
};

Markup label(double x, double y, const char* anchor, const std::string& words) {
  return element("text",
                 {{"x", fmt::format("{:.1f}", x)},
                  {"y", fmt::format("{:.1f}", y)},
                  {"text-anchor", anchor}},
                 words);
}

Markup line(const std::vector<ScoreGradient>& all, double ScoreGradient::*of, const Axes& axes,
            int colour, const std::string& name) {
  std::string points;
  Markup dots;
  for (const ScoreGradient& one : all) {
    const double x = axes.px(one.size), y = axes.py(one.*of);
    points += fmt::format("{:.1f},{:.1f} ", x, y);
    dots.add(element("circle",
                     {{"cx", fmt::format("{:.1f}", x)},
                      {"cy", fmt::format("{:.1f}", y)},
                      {"r", "4"},
                      {"fill", fmt::format("var(--c{})", colour)}},
                     element("title", {},
                             fmt::format("{}, d = {:g}: {}", name, one.size,
                                         significant(one.*of)))));
  }
  return element("polyline", {{"points", points}, {"class", fmt::format("line c{}", colour)}})
      .add(dots)
      .add(element("text",
                   {{"x", fmt::format("{:.1f}", axes.px(all.back().size) + 10)},
                    {"y", fmt::format("{:.1f}", axes.py(all.back().*of) + 4)},
                    {"class", fmt::format("name c{}", colour)}},
                   name));
}

Markup axes_of(const std::vector<ScoreGradient>& all, const Axes& axes) {
  Markup svg;
  for (const double tick : axes.y.ticks()) {
    svg.add(element("line", {{"x1", fmt::format("{:.1f}", left)},
                             {"x2", fmt::format("{:.1f}", width - right)},
                             {"y1", fmt::format("{:.1f}", axes.py(tick))},
                             {"y2", fmt::format("{:.1f}", axes.py(tick))},
                             {"class", "grid"}}));
    svg.add(label(left - 6, axes.py(tick) + 4, "end", significant(tick)));
  }
  for (const ScoreGradient& one : all) {
    svg.add(label(axes.px(one.size), top + height + 16, "middle", fmt::format("{:g}", one.size)));
  }
  svg.add(label(left, top - 9, "start", "gradient"));
  return svg.add(label((left + width - right) / 2, top + height + bottom - 3, "middle",
                       "d, the size of a head (log scale)"));
}

Markup table_of(const std::vector<ScoreGradient>& all) {
  Markup rows;
  for (const ScoreGradient& one : all) {
    rows.add(element("tr", {}, element("th", {{"scope", "row"}}, fmt::format("{:g}", one.size)),
                     element("td", {}, fixed(one.plain, 4)),
                     element("td", {}, fixed(one.scaled, 4))));
  }
  const Markup head =
      element("tr", {}, element("th", {{"scope", "col"}}, "d"),
              element("th", {{"scope", "col"}}, "q · k"),
              element("th", {{"scope", "col"}}, "q · k / √d"));
  return scrolling("The gradient at each size",
                   element("table", {}, element("thead", {}, head), element("tbody", {}, rows)));
}

}  // namespace

Markup reductions(const Results& results) {
  std::vector<Edge> edges;
  Markup list;
  for (const Reduction& reduction : results.reductions) {
    edges.push_back({reduction.from, reduction.to, reduction.when,
                     fmt::format("{}; {}", words(reduction), reduction.proof)});
    list.add(element("div", {}, element("dt", {}, words(reduction)),
                     element("dd", {}, reduction.reason, " ",
                             element("span", {{"class", "tag"}}, reduction.proof))));
  }
  if (edges.empty()) return {};
  const Markup picture = layered_picture(edges, "What each mechanism becomes, and when");
  return element("div", {{"class", "scroll wide"}}, picture)
      .add(element("details", {}, element("summary", {}, "All of them, with reason and test"),
                   element("dl", {{"class", "facts"}}, list)));
}

Markup score_gradients(const Results& results) {
  std::vector<ScoreGradient> all;
  std::vector<double> values;
  for (const ScoreGradient& one : results.score_gradients) {
    if (!(one.size > 0 && one.plain > 0 && one.scaled > 0)) continue;
    all.push_back(one);
    values.insert(values.end(), {one.plain, one.scaled});
  }
  if (all.size() < 2) return {};
  const Axes axes{Scale::logarithmic(all.front().size, all.back().size),
                  Scale::linear(0, *std::ranges::max_element(values))};
  const Markup svg = axes_of(all, axes)
                         .add(line(all, &ScoreGradient::plain, axes, 1, "q · k"))
                         .add(line(all, &ScoreGradient::scaled, axes, 0, "q · k / √d"));
  return element("figure", {{"class", "panel"}},
                 element("svg",
                         {{"viewBox", fmt::format("0 0 {} {}", width, top + height + bottom)},
                          {"role", "img"},
                          {"aria-label", "Gradient against the size of a head"}},
                         svg))
      .add(table_of(all));
}

}  // namespace heed::report
