#include "examples/pages/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "autograd/errors.h"
#include "examples/report/markup.h"
#include "examples/report/numbers.h"

namespace heed::pages {
namespace {

using nlohmann::json;
using report::element;
using report::Markup;
using report::significant;

// In units of the viewBox.
constexpr double top = 52, left = 12, side = 180, apart = 60;

Markup words(double x, double y, const std::string& text, const char* size = "12") {
  return element("text",
                 {{"x", fmt::format("{:g}", x)},
                  {"y", fmt::format("{:g}", y)},
                  {"font-size", size},
                  {"fill", "#6b7683"}},
                 text);
}

Markup frame(double x, double y, double width, double height) {
  return element("rect", {{"x", fmt::format("{:g}", x)},
                          {"y", fmt::format("{:g}", y)},
                          {"width", fmt::format("{:g}", width)},
                          {"height", fmt::format("{:g}", height)},
                          {"fill", "none"},
                          {"stroke", "#aab3bd"}});
}

double number(const json& run, const char* key) {
  const auto found = run.find(key);
  return found != run.end() && found->is_number() ? found->get<double>() : NAN;
}

// The run to show: one that did what was expected, before any other that has a score.
const json* shown_run(const json& results, const std::string& mechanism) {
  const json* found = nullptr;
  for (const json& run : results.at("runs")) {
    if (run.value("mechanism", "") != mechanism || !std::isfinite(number(run, "score"))) continue;
    const bool better = run.value("standing", "") == "good";
    if (better) return &run;
    if (found == nullptr) found = &run;
  }
  return found;
}

// Its first map.
const json* shown_map(const json& results, const json& run) {
  for (const json& map : results.at("maps")) {
    const bool same = map.value("mechanism", "") == run.value("mechanism", "") &&
                      map.value("task", "") == run.value("task", "");
    if (same) return &map;
  }
  return nullptr;
}

// "accuracy 0.998; chance 0.1; taken out 0.11".
std::string scores(const json& run) {
  std::string text = fmt::format("{} {}", run.value("metric", "score"),
                                 significant(number(run, "score")));
  constexpr std::pair<const char*, const char*> others[] = {{"chance", "chance"},
                                                            {"ceiling", "ceiling"},
                                                            {"ablated", "taken out"},
                                                            {"trained_without", "without"}};
  for (const auto& [key, name] : others) {
    const double value = number(run, key);
    if (std::isfinite(value)) text += fmt::format("; {} {}", name, significant(value));
  }
  return text;
}

// The loss, on a logarithmic scale, at no more than 60 steps.
Markup curve(const json& run) {
  std::vector<std::pair<double, double>> points;
  for (const json& point : run.value("loss", json::array())) {
    const double loss = point.at(1).is_number() ? point.at(1).get<double>() : NAN;
    if (loss > 0) points.emplace_back(point.at(0).get<double>(), std::log(loss));
  }
  if (points.size() < 2) return {};
  double least = points[0].second, most = least;
  for (const auto& [step, loss] : points) {
    least = std::min(least, loss);
    most = std::max(most, loss);
  }
  const std::size_t stride = (points.size() + 59) / 60;
  std::string path;
  for (std::size_t i = 0; i < points.size(); i += stride) {
    const double x = left + side * points[i].first / points.back().first;
    const double y = top + side * (most - points[i].second) / std::max(most - least, 1e-9);
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "M" : "L", x, y);
  }
  return frame(left, top, side, side)
      .add(element("path", {{"d", path},
                            {"fill", "none"},
                            {"stroke", "#c25100"},
                            {"stroke-width", "1.5"}}))
      .add(words(left, top + side + 15,
                 fmt::format("loss, {} to {} (log)", significant(std::exp(most)),
                             significant(std::exp(least))),
                 "10"))
      .add(words(left, top + side + 28, fmt::format("{:g} steps", number(run, "steps")), "10"));
}

// Squares as dark as their weights, in eight shades, one path each.
Markup heat(const json& map, double x, double most) {
  constexpr int shades = 8;
  const auto& rows = map.at("values");
  std::size_t columns = 1;
  for (const json& row : rows) columns = std::max(columns, row.size());
  const double size = side / static_cast<double>(std::max(columns, rows.size()));
  std::vector<std::string> paths(shades + 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      if (!rows[i][j].is_number()) continue;
      const double share = std::abs(rows[i][j].get<double>()) / most;
      const auto shade = static_cast<std::size_t>(std::lround(share * shades));
      if (shade > 0) paths[shade] += fmt::format("M{} {}h1v1h-1z", j, i);
    }
  }
  Markup squares;
  for (std::size_t shade = 1; shade < paths.size(); ++shade) {
    if (paths[shade].empty()) continue;
    const double opacity = static_cast<double>(shade) / shades;
    squares.add(element("path", {{"d", paths[shade]},
                                 {"fill", "#0067ac"},
                                 {"fill-opacity", fmt::format("{:.3g}", opacity)}}));
  }
  return frame(x, top, size * static_cast<double>(columns), size * static_cast<double>(rows.size()))
      .add(element("g", {{"transform", fmt::format("translate({:g} {:g}) scale({:.4g})", x, top,
                                                   size)}},
                   squares));
}

Markup picture(const json& map, double x) {
  double most = 0;
  for (const json& row : map.at("values")) {
    for (const json& value : row) {
      if (value.is_number()) most = std::max(most, std::abs(value.get<double>()));
    }
  }
  if (!(most > 0)) return {};
  return heat(map, x, most)
      .add(words(x, top + side + 15, map.value("title", ""), "10"))
      .add(words(x, top + side + 28,
                 fmt::format("{}, darkest {}; a row asks, a column is looked at",
                             map.value("kind", "weights"), significant(most)),
                 "10"));
}

}  // namespace

std::string as_file(const Markup& svg) {
  constexpr const char* start = "<svg";
  return start + std::string(" xmlns=\"http://www.w3.org/2000/svg\"") +
         svg.str().substr(std::char_traits<char>::length(start)) + '\n';
}

std::string trained_picture(const json& results, const std::string& mechanism) {
  try {
    const json* run = shown_run(results, mechanism);
    if (run == nullptr) return "";
    const std::string label = run->value("label", "");
    Markup svg = words(left, 18,
                       fmt::format("{}{}{} on {}", mechanism, label.empty() ? "" : ", ", label,
                                   run->value("task", "")),
                       "14")
                     .add(words(left, 38, scores(*run)))
                     .add(curve(*run));
    double width = left + side;
    if (const json* map = shown_map(results, *run)) {
      svg.add(picture(*map, left + side + apart));
      width += apart + side;
    }
    return as_file(
        element("svg",
                {{"viewBox", fmt::format("0 0 {:g} {:g}", width + 110, top + side + 38)},
                 {"width", fmt::format("{:g}", width + 110)},
                 {"font-family", "system-ui, sans-serif"},
                 {"role", "img"},
                 {"aria-label", mechanism + ": " + scores(*run)}},
                svg));
  } catch (const json::exception& error) {
    throw FormatError(fmt::format("[pages] no results.json: {}", error.what()));
  }
}

}  // namespace heed::pages
