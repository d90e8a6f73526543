// Loss against step, a panel a task: the median over the seeds with a band from the least to the
// most.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "examples/report/curve.h"
#include "examples/report/numbers.h"
#include "examples/report/scale.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

// The panel, in the units of its viewBox.
constexpr double panel_width = 480;
constexpr double left = 46, right = 128, top = 22, bottom = 34;
constexpr double plot_width = panel_width - left - right;
constexpr double line_height = 14;

struct Axes {
  Scale x, y;
  double height;  // of the plot: more for many labels
  double px(double step) const { return left + plot_width * x.at(step); }
  double py(double loss) const { return top + height * (1 - y.at(loss)); }
};

struct Series {
  const Group* group;
  Curve curve;
};

std::string coordinate(double value) { return fmt::format("{:.1f}", value); }

Markup svg_text(double x, double y, const char* anchor, const std::string& words) {
  return element("text", {{"x", coordinate(x)}, {"y", coordinate(y)}, {"text-anchor", anchor}},
                 words);
}

Markup grid(const Axes& axes) {
  Markup svg;
  for (const double tick : axes.y.ticks()) {
    const std::string y = coordinate(axes.py(tick));
    svg.add(element("line", {{"x1", coordinate(left)},
                             {"x2", coordinate(left + plot_width)},
                             {"y1", y},
                             {"y2", y},
                             {"class", "grid"}}));
    svg.add(svg_text(left - 6, axes.py(tick) + 4, "end", significant(tick)));
  }
  svg.add(element("path", {{"d", fmt::format("M{},{:.1f}h{}", left, top + axes.height, plot_width)},
                           {"class", "base"}}));
  for (const double tick : axes.x.ticks()) {
    svg.add(svg_text(axes.px(tick), top + axes.height + 16, "middle", fmt::format("{:g}", tick)));
  }
  svg.add(svg_text(left, top - 9, "start", axes.y.is_logarithmic() ? "loss, log scale" : "loss"));
  return svg.add(svg_text(left + plot_width / 2, top + axes.height + bottom - 3, "middle", "step"));
}

std::string css(const char* kind, const Group& group) {
  return fmt::format("{} c{} d{}", kind, group.colour % 8, group.colour / 8 % 3);
}

// Up along the most, back along the least.
Markup band(const Series& series, const Axes& axes) {
  std::string points;
  const auto add = [&](double step, double value) {
    points += fmt::format("{:.1f},{:.1f} ", axes.px(step), axes.py(value));
  };
  for (const Curve::Sample& s : series.curve.samples) add(s.step, s.most);
  for (auto s = series.curve.samples.rbegin(); s != series.curve.samples.rend(); ++s) {
    add(s->step, s->least);
  }
  return element("polygon", {{"points", points}, {"class", css("band", *series.group)}});
}

Markup line(const Series& series, const Axes& axes) {
  std::string points;
  for (const Curve::Sample& s : series.curve.samples) {
    points += fmt::format("{:.1f},{:.1f} ", axes.px(s.step), axes.py(s.median));
  }
  return element("polyline", {{"points", points}, {"class", css("line", *series.group)}});
}

// Heights for the labels at the ends of the lines: near the lines, in their order, not overlapping.
std::vector<double> spread(std::vector<double> heights, double lowest) {
  std::vector<std::size_t> order(heights.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return heights[i]; });
  double least = top;
  for (const std::size_t i : order) {
    heights[i] = std::max(heights[i], least);
    least = heights[i] + line_height;
  }
  double most = lowest;
  for (auto i = order.rbegin(); i != order.rend(); ++i) {
    heights[*i] = std::min(heights[*i], most);
    most = heights[*i] - line_height;
  }
  return heights;
}

std::string shortened(const std::string& label) {
  constexpr std::size_t most = 18;
  if (label.size() <= most) return label;
  std::size_t end = most - 1;
  while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xC0) == 0x80)
    --end;  // whole letters
  return label.substr(0, end) + "…";
}

Markup labels(const std::vector<Series>& all, const Axes& axes) {
  std::vector<double> ends;
  for (const Series& series : all) ends.push_back(axes.py(series.curve.samples.back().median));
  const std::vector<double> heights = spread(ends, top + axes.height);
  Markup svg;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double from = axes.px(all[i].curve.samples.back().step);
    const double x = left + plot_width + 14;
    svg.add(element("path", {{"d", fmt::format("M{:.1f},{:.1f}L{:.1f},{:.1f}", from + 1, ends[i],
                                               x - 3, heights[i])},
                             {"class", css("leader", *all[i].group)}}));
    svg.add(element("text",
                    {{"x", coordinate(x)},
                     {"y", coordinate(heights[i] + 4)},
                     {"class", css("name", *all[i].group)}},
                    shortened(all[i].group->label), element("title", {}, all[i].group->label)));
  }
  return svg;
}

// What the picture says, for those who do not see it.
std::string caption(const std::vector<Series>& all) {
  std::string words = "Loss at the end:";
  for (const Series& series : all) {
    words += fmt::format("{} {} {}", &series == all.data() ? "" : ";", series.group->label,
                         significant(series.curve.samples.back().median));
  }
  return words + ".";
}

Markup panel(const TaskResults& task) {
  std::vector<Series> all;
  std::vector<double> values, steps{0};
  for (const Group& group : task.groups) {
    Curve curve = curve_of(group);
    if (curve.samples.empty()) continue;
    for (const Curve::Sample& s : curve.samples) {
      values.insert(values.end(), {s.least, s.most});
      steps.push_back(s.step);
    }
    all.push_back({&group, std::move(curve)});
  }
  if (all.empty()) return {};
  const double height = std::max(214.0, line_height * static_cast<double>(all.size()));
  const Axes axes{Scale::linear(0, *std::ranges::max_element(steps)), Scale::fitting(values),
                  height};
  Markup svg = grid(axes);
  for (const Series& series : all) svg.add(band(series, axes));
  for (const Series& series : all) svg.add(line(series, axes));
  svg.add(labels(all, axes));
  return element("figure", {{"class", "panel"}},
                 element("figcaption", {}, element("strong", {}, task.words.title)),
                 element("svg",
                         {{"viewBox", fmt::format("0 0 {} {}", panel_width, top + height + bottom)},
                          {"role", "img"},
                          {"aria-label", caption(all)}},
                         svg),
                 element("p", {{"class", "note"}}, caption(all)));
}

}  // namespace

Markup learning_curves(const Results& results) {
  Markup panels;
  for (const TaskResults& task : results.tasks) panels.add(panel(task));
  if (panels.empty()) return {};
  return element("div", {{"class", "panels"}}, panels);
}

}  // namespace heed::report
