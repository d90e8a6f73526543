// Where every run ended, drawn: a strip a mechanism, a scale a task.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "examples/report/marks.h"
#include "examples/report/numbers.h"
#include "examples/report/scale.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

// A position in a strip; a little is left at both ends so that no mark is cut.
std::string percent(double share) { return fmt::format("{:.2f}%", 1.5 + 97 * share); }
std::string width(double from, double to) { return fmt::format("{:.2f}%", 97 * (to - from)); }

Scale scale_of(const TaskResults& task) {
  std::vector<double> values;
  for (const Group& group : task.groups) {
    for (const Run& run : group.runs) {
      for (const double v : {run.score, run.chance, run.floor, run.ceiling, run.threshold,
                             run.ablated, run.trained_without}) {
        if (std::isfinite(v)) values.push_back(v);
      }
    }
  }
  const bool shares = std::ranges::all_of(values, [](double v) { return v >= 0 && v <= 1; });
  if (shares && task.groups.front().first().higher_is_better) return Scale::linear(0, 1);
  values.push_back(0);
  const auto [low, high] = std::ranges::minmax(values);
  return Scale::linear(low, high);
}

Markup axis(const Scale& scale) {
  Markup labels;
  const std::vector<double> ticks = scale.ticks();
  for (const double tick : ticks) {
    const char* anchor = tick == ticks.front() ? "start" : tick == ticks.back() ? "end" : "middle";
    labels.add(element("text",
                       {{"x", percent(scale.at(tick))}, {"y", "11"}, {"text-anchor", anchor}},
                       significant(tick)));
  }
  return element("svg",
                 {{"class", "axis"}, {"width", "100%"}, {"height", "14"}, {"aria-hidden", "true"}},
                 labels);
}

// The zones, then the yardsticks, then the scores on top.
Markup strip(const Group& group, const Scale& scale) {
  const bool up = group.first().higher_is_better;
  const auto at = [&](double value) { return percent(scale.at(value)); };
  Markup svg = element(
      "line", {{"x1", "1.5%"}, {"x2", "98.5%"}, {"y1", "14"}, {"y2", "14"}, {"class", "track"}});
  const auto zone = [&](double value, bool to_the_left, auto draw) {
    if (!std::isfinite(value)) return;
    const double from = to_the_left ? 0 : scale.at(value);
    const double to = to_the_left ? scale.at(value) : 1;
    if (to - from > 1e-3) svg.add(draw(percent(from), width(from, to)));
  };
  zone(group.mean(&Run::floor), up, floor_zone);
  zone(group.mean(&Run::ceiling), !up, ceiling_zone);
  const auto yardstick = [&](Mark kind, const char* name, double Run::*field) {
    const double value = group.mean(field);
    if (!std::isfinite(value)) return;
    svg.add(mark(kind, at(value), fmt::format("{} {}", name, fixed(value, 3))));
  };
  yardstick(Mark::chance, "chance", &Run::chance);
  yardstick(Mark::level, "level to reach", &Run::threshold);
  yardstick(Mark::ablated, "taken out after training", &Run::ablated);
  yardstick(Mark::trained_without, "trained without it", &Run::trained_without);
  for (const Run& run : group.runs) {
    if (!std::isfinite(run.score)) continue;
    svg.add(mark(Mark::score, at(run.score),
                 fmt::format("seed {}: {}", run.seed, fixed(run.score, 4))));
  }
  const std::string label =
      fmt::format("score {} on a scale from {} to {}", fixed(group.mean(&Run::score), 3),
                  scale.low(), scale.high());
  return element("svg",
                 {{"class", "strip"},
                  {"width", "100%"},
                  {"height", std::to_string(strip_height)},
                  {"role", "img"},
                  {"aria-label", label}},
                 svg);
}

Markup row(const Results& results, const Group& group, const Scale& scale) {
  const Run& first = group.first();
  const std::string title = title_of(results, group);
  Markup who = element("span", {{"class", "label"}}, group.label);
  if (title != group.label) who.add(element("span", {{"class", "title"}}, title));
  Markup said = text(first.verdict);
  if (!first.why.empty()) said.add(" ").add(element("em", {}, first.why));
  return element("li", {{"class", standing_of(group)}}, element("span", {{"class", "who"}}, who),
                 element("span", {{"class", "figure"}}, fixed(group.mean(&Run::score), 3)),
                 strip(group, scale), element("span", {{"class", "words"}}, said));
}

// The details that the task wants side by side: a line a mechanism, a column a detail, and a line
// for what is trained without it, once for those that share it.
Markup side_by_side(const TaskResults& task) {
  const std::vector<std::string>& shown = task.words.shown;
  if (shown.empty()) return {};
  Markup head = element("th", {{"scope", "col"}}, "mechanism");
  for (const std::string& detail : shown) head.add(element("th", {{"scope", "col"}}, detail));
  Markup rows;
  std::map<std::string, double> last;
  const auto add = [&](const std::string& name, const std::map<std::string, double>& details) {
    Markup cells = element("th", {{"scope", "row"}}, name);
    for (const std::string& detail : shown) {
      const auto found = details.find(detail);
      const double value = found == details.end() ? absent : found->second;
      cells.add(element("td", {}, fixed(value, 3)));
    }
    rows.add(element("tr", {}, cells));
  };
  for (const Group& group : task.groups) {
    add(group.label, group.details());
    const std::map<std::string, double> without = group.details(&Run::details_trained_without);
    if (!without.empty() && without != last) add("trained without " + group.label, without);
    last = without;
  }
  return scrolling(fmt::format("{}, side by side", task.words.title),
                   element("table", {}, element("thead", {}, element("tr", {}, head)),
                           element("tbody", {}, rows)));
}

// How the task was trained, and what stands in for a mechanism that is taken out.
Markup protocol_of(const Words& task) {
  std::string words;
  if (!task.training.empty()) words += fmt::format("Trained: {}. ", task.training);
  if (!task.ablation.empty()) {
    words += fmt::format("Taken out: {} in the mechanism's place.", task.ablation);
  }
  return words.empty() ? Markup() : element("p", {{"class", "note"}}, words);
}

}  // namespace

Markup glance(const Results& results) {
  Markup tasks;
  for (const TaskResults& task : results.tasks) {
    const Scale scale = scale_of(task);
    Markup heading = element("h3", {}, task.words.title);
    if (task.words.title != task.words.name) {
      heading.add(element("span", {{"class", "tag"}}, task.words.name));
    }
    Markup rows = element("li", {{"class", "scale"}, {"aria-hidden", "true"}}, axis(scale));
    for (const Group& group : task.groups) rows.add(row(results, group, scale));
    const Run& first = task.groups.front().first();
    const std::string metric =
        fmt::format("Measured: {}, {} is better.", first.metric.empty() ? "score" : first.metric,
                    first.higher_is_better ? "more" : "less");
    tasks.add(element(
        "section", {{"class", "task"}}, heading,
        element("p", {{"class", "note"}}, task.words.what, task.words.what.empty() ? "" : " ",
                element("span", {{"class", "metric"}}, metric)),
        element("ul", {{"class", "strips"}}, rows), side_by_side(task), protocol_of(task.words)));
  }
  return tasks;
}

}  // namespace heed::report
