// Scores and costs as tables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "examples/report/numbers.h"
#include "examples/report/sections.h"

namespace heed::report {
namespace {

Markup header(std::initializer_list<std::string_view> names) {
  Markup cells;
  for (const std::string_view name : names) cells.add(element("th", {{"scope", "col"}}, name));
  return element("thead", {}, element("tr", {}, cells));
}

Markup metric_of(const TaskResults& task) {
  const std::string& metric = task.groups.front().first().metric;
  return element("span", {{"class", "tag"}}, metric);
}

Markup task_row(const TaskResults& task, int columns) {
  return element("tr", {{"class", "task"}},
                 element("th", {{"colspan", std::to_string(columns)}, {"scope", "rowgroup"}},
                         task.words.title, metric_of(task)));
}

Markup name_cell(const Group& group) {
  return element("th", {{"scope", "row"}}, element("span", {{"class", "label"}}, group.label));
}

Markup cell(const std::string& words) { return element("td", {}, words); }

// "0.998", and the spread over the seeds where there is one.
Markup score_cell(const Group& group) {
  Markup words = element("strong", {}, fixed(group.mean(&Run::score), 3));
  const double least = group.least(&Run::score), most = group.most(&Run::score);
  if (most > least) {
    words.add(element("span", {{"class", "spread"}},
                      fmt::format("{} to {}", fixed(least, 3), fixed(most, 3))));
  }
  return element("td", {}, words);
}

Markup details_of(const Group& group) {
  std::string words;
  for (const auto& [name, value] : group.details()) {
    words += fmt::format("{}{} {}", words.empty() ? "" : "; ", name, significant(value));
  }
  return element("td", {{"class", "words"}}, words);
}

// A number over a bar, whose length is its share of the largest.
Markup bar_cell(const std::string& words, double value, double most) {
  const double share = std::isfinite(value) && most > 0 ? value / most : 0;
  return element("td", {{"class", "bar"}, {"style", fmt::format("--share:{:.1f}%", 100 * share)}},
                 words);
}

double most_in(const TaskResults& task, double Run::*field) {
  double most = 0;
  for (const Group& group : task.groups) {
    const double value = group.median(field);
    if (std::isfinite(value)) most = std::max(most, value);
  }
  return most;
}

std::string steps_to_level(const Group& group) {
  const std::size_t reached = group.finite(&Run::steps_to_threshold).size();
  const std::size_t all = group.runs.size();
  if (reached == 0) {
    // A ceiling below the level is reached, and yet no step passed the level.
    const bool due = std::isfinite(group.mean(&Run::threshold)) &&
                     group.first().expected != "ceiling";
    return due ? "not reached" : fixed(absent, 0);
  }
  const std::string median = fixed(group.median(&Run::steps_to_threshold), 0);
  return reached == all ? median : fmt::format("{} ({} of {} seeds)", median, reached, all);
}

}  // namespace

Markup scrolling(const std::string& name, const Markup& table) {
  return element("div",
                 {{"class", "scroll"}, {"role", "region"}, {"tabindex", "0"}, {"aria-label", name}},
                 table);
}

Markup scores_table(const Results& results) {
  if (results.tasks.empty()) return {};
  Markup bodies;
  for (const TaskResults& task : results.tasks) {
    Markup rows = task_row(task, 9);
    for (const Group& group : task.groups) {
      const auto mean = [&](double Run::*field) { return cell(fixed(group.mean(field), 3)); };
      rows.add(element("tr", {}, name_cell(group), score_cell(group), mean(&Run::threshold),
                       mean(&Run::chance), mean(&Run::floor), mean(&Run::ceiling),
                       mean(&Run::ablated), mean(&Run::trained_without), details_of(group)));
    }
    bodies.add(element("tbody", {}, rows));
  }
  return scrolling("All scores",
                   element("table", {},
                           header({"mechanism", "score", "level", "chance", "floor", "ceiling",
                                   "taken out", "trained without", "also measured"}),
                           bodies));
}

Markup cost_table(const Results& results) {
  if (results.tasks.empty()) return {};
  Markup bodies;
  for (const TaskResults& task : results.tasks) {
    Markup rows = task_row(task, 8);
    for (const Group& group : task.groups) {
      const auto bar = [&](std::string (*print)(double), double Run::*field) {
        const double value = group.median(field);
        return bar_cell(print(value), value, most_in(task, field));
      };
      rows.add(element("tr", {}, name_cell(group), bar(counted, &Run::parameters),
                       bar(counted, &Run::macs_per_step), bar(bytes, &Run::peak_bytes),
                       cell(fixed(group.median(&Run::steps), 0)),
                       bar(significant, &Run::ms_per_step),
                       bar(significant, &Run::seconds), cell(steps_to_level(group))));
    }
    bodies.add(element("tbody", {}, rows));
  }
  return scrolling(
      "Cost", element("table", {{"class", "cost"}},
                      header({"mechanism", "parameters", "multiply-adds a step", "peak memory",
                              "steps", "ms a step", "seconds of training", "steps to its level"}),
                      bodies));
}

}  // namespace heed::report
