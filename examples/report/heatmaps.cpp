// Attention maps: a square a weight, queries from top to bottom, keys from left to right.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "examples/report/numbers.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

constexpr double letter = 6.2;  // the width of a letter of a label

// Blanks would be invisible.
std::string visible(const std::string& label) { return label == " " ? "␣" : label; }

std::string label_of(const std::vector<std::string>& labels, std::size_t i) {
  return i < labels.size() ? visible(labels[i]) : std::to_string(i);
}

std::size_t longest(const std::vector<std::string>& labels) {
  std::size_t most = 2;
  for (const std::string& label : labels) most = std::max(most, label.size());
  return std::min<std::size_t>(most, 14);
}

// Where things are, in pixels.
struct Layout {
  explicit Layout(const Map& map) {
    rows = map.values.size();
    for (const auto& row : map.values) cols = std::max(cols, row.size());
    const double most = static_cast<double>(std::max({rows, cols, std::size_t{1}}));
    cell = std::clamp(std::floor(340 / most), 11.0, 24.0);
    left = 10 + letter * static_cast<double>(longest(map.rows));
    upright = longest(map.cols) > 2;
    top = upright ? 10 + letter * static_cast<double>(longest(map.cols)) : 18;
  }
  double x(std::size_t col) const { return left + cell * static_cast<double>(col); }
  double y(std::size_t row) const { return top + cell * static_cast<double>(row); }

  std::size_t rows = 0, cols = 0;
  double cell, left, top;
  bool upright;  // column labels read from bottom to top
};

double largest(const Map& map) {
  double most = 0;
  for (const auto& row : map.values) {
    for (const double v : row) {
      if (std::isfinite(v)) most = std::max(most, std::abs(v));
    }
  }
  return most;
}

std::string pixels(double value) { return fmt::format("{:g}", value); }

// A page has a hundred thousand of them, so they are short: a unit square at (column, row), with
// its size and the commonest colour from the style sheet. A weight of exactly 0 leaves the ground
// bare; its number stands in the table.
Markup cell(const Map& map, std::size_t row, std::size_t col, double most) {
  const double value = map.values[row][col];
  const std::string x = std::to_string(col), y = std::to_string(row);
  const Markup title = element("title", {},
                               fmt::format("{} {} → {} {}: {}", row, label_of(map.rows, row), col,
                                           label_of(map.cols, col), exact(value)));
  if (value == 0) return {};
  if (!std::isfinite(value)) {
    return element("rect", {{"x", x}, {"y", y}, {"class", "gap"}}, title);
  }
  const std::string strength = fmt::format("{:.2g}", std::abs(value) / most);
  if (value < 0) {
    return element("rect", {{"x", x}, {"y", y}, {"class", "less"}, {"opacity", strength}}, title);
  }
  return element("rect", {{"x", x}, {"y", y}, {"opacity", strength}}, title);
}

Markup axis_labels(const Map& map, const Layout& at) {
  Markup svg;
  for (std::size_t row = 0; row < at.rows; ++row) {
    svg.add(element("text",
                    {{"x", pixels(at.left - 5)},
                     {"y", pixels(at.y(row) + at.cell / 2 + 3)},
                     {"text-anchor", "end"}},
                    label_of(map.rows, row)));
  }
  for (std::size_t col = 0; col < at.cols; ++col) {
    const std::string x = pixels(at.x(col) + at.cell / 2 + (at.upright ? 3 : 0));
    const std::string y = pixels(at.top - 5);
    const std::string turn = at.upright ? fmt::format("rotate(-90 {} {})", x, y) : "rotate(0)";
    svg.add(element(
        "text",
        {{"x", x}, {"y", y}, {"text-anchor", at.upright ? "start" : "middle"}, {"transform", turn}},
        label_of(map.cols, col)));
  }
  return svg;
}

Markup picture(const Map& map, double most) {
  const Layout at(map);
  Markup squares;
  for (std::size_t row = 0; row < map.values.size(); ++row) {
    const std::size_t cols = map.values[row].size();
    if (cols == 0) continue;
    squares.add(element("path", {{"d", fmt::format("M0 {}h{}v1h-{}z", row, cols, cols)}}));
    for (std::size_t col = 0; col < cols; ++col) squares.add(cell(map, row, col, most));
  }
  const Markup cells = element(
      "g",
      {{"class", "cells"},
       {"transform", fmt::format("translate({:g} {:g}) scale({:g})", at.left, at.top, at.cell)}},
      squares);
  const double width = at.x(at.cols) + 2, height = at.y(at.rows) + 2;
  const std::string what =
      fmt::format("{} rows, {} columns, largest {}", at.rows, at.cols, significant(most));
  return element("svg",
                 {{"viewBox", fmt::format("0 0 {:g} {:g}", width, height)},
                  {"style", fmt::format("max-width:{:g}px", width)},
                  {"role", "img"},
                  {"aria-label", what}},
                 axis_labels(map, at), cells);
}

Markup legend(const Map& map, double most) {
  bool negative = false;
  for (const auto& row : map.values)
    negative |= std::ranges::any_of(row, [](double v) { return v < 0; });
  return element(
      "p", {{"class", "legend"}}, element("span", {}, negative ? "−" + significant(most) : "0"),
      element("span", {{"class", negative ? "ramp both" : "ramp"}, {"aria-hidden", "true"}}),
      element("span", {}, significant(most)), element("span", {{"class", "kind"}}, map.kind));
}

// The same numbers for those who do not see the picture or have no mouse.
Markup numbers_of(const Map& map) {
  const Layout at(map);
  Markup head = element("th", {});
  for (std::size_t col = 0; col < at.cols; ++col) {
    head.add(element("th", {{"scope", "col"}}, label_of(map.cols, col)));
  }
  Markup body;
  for (std::size_t row = 0; row < at.rows; ++row) {
    Markup line = element("th", {{"scope", "row"}}, label_of(map.rows, row));
    for (const double v : map.values[row]) line.add(element("td", {}, fixed(v, 3)));
    body.add(element("tr", {}, line));
  }
  return element(
      "details", {}, element("summary", {}, "The numbers"),
      scrolling("The numbers of this map", element("table", {{"class", "numbers"}},
                                                   element("thead", {}, element("tr", {}, head)),
                                                   element("tbody", {}, body))));
}

Markup figure(const Map& map) {
  const double most = largest(map);
  Markup caption = element("strong", {}, map.mechanism);
  std::string_view title = map.title;
  const std::string again = map.mechanism + ", ";  // it stands in front already
  if (title.starts_with(again)) title.remove_prefix(again.size());
  if (!title.empty()) caption.add(" · ").add(title);
  return element("figure", {{"class", "map"}}, element("figcaption", {}, caption),
                 picture(map, most), legend(map, most), numbers_of(map));
}

}  // namespace

Markup attention_maps(const Results& results) {
  std::vector<std::string> tasks;  // in the order of their first map
  std::map<std::string, Markup> figures;
  for (const Map& map : results.maps) {
    if (!figures.contains(map.task)) tasks.push_back(map.task);
    figures[map.task].add(figure(map));
  }
  Markup all;
  for (const std::string& name : tasks) {
    const Words* task = results.task(name);
    all.add(element("h3", {}, task ? task->title : name))
        .add(element("div", {{"class", "maps"}}, figures[name]));
  }
  return all;
}

}  // namespace heed::report
