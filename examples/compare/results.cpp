#include "examples/compare/results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "examples/compare/choice_gradients.h"
#include "examples/compare/machine.h"
#include "examples/compare/score_gradients.h"
#include "examples/study/run_json.h"

namespace heed::compare {

using nlohmann::json;

namespace {

// Of several seeds the one in the middle: neither the best picture nor the worst.
const Done& middle_of(std::vector<const Done*> runs) {
  const auto middle = runs.begin() + static_cast<std::ptrdiff_t>((runs.size() - 1) / 2);
  const auto score = [](const Done* done) {
    return std::isfinite(done->run.score) ? done->run.score : -std::numeric_limits<double>::max();
  };
  std::ranges::nth_element(runs, middle, {}, score);
  return **middle;
}

json maps_json(const Comparison& comparison) {
  json maps = json::array();
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    const std::vector<const Done*> runs = comparison.runs_of(entry);
    if (!comparison.entries[entry].judged || runs.empty()) continue;
    for (const study::DrawnMap& map : middle_of(runs).maps) maps.push_back(study::to_json(map));
  }
  return maps;
}

json seeds_of(const Options& options) {
  json seeds = json::array();
  for (int i = 0; i < options.seeds; ++i)
    seeds.push_back(options.seed + static_cast<std::uint64_t>(i));
  return seeds;
}

json protocol_json(const Comparison& comparison, const Options& options) {
  json protocol = {
      {"seeds", seeds_of(options)},
      {"runs side by side", options.threads},
      {"training and test samples", "from disjoint streams of one generator; overlap is counted"},
      {"floor",
       "the best that can be had without choosing where to look: computed, or reached by the "
       "model trained without the mechanism"},
      {"times a step", "processor time, the median of a pass of its own, one run at a time"},
      {"multiply-adds and bytes", "counted during one training step"}};
  if (options.steps > 0) protocol["steps changed to"] = options.steps;
  if (!options.set.empty()) protocol["changed"] = options.set;
  if (!comparison.not_judged.empty()) protocol["levels"] = "not judged: " + comparison.not_judged;
  if (comparison.interrupted) protocol["interrupted"] = "what was finished by then";
  const std::vector<std::string> busy = busy_entries(comparison);
  if (!busy.empty()) protocol["the machine was busy while these were timed"] = busy;
  json failed = json::array();
  for (const Done& done : comparison.done) {
    if (done.run.error.empty()) continue;
    failed.push_back(fmt::format("{} on {} {}{}, seed {}: {}", done.run.mechanism, done.run.task,
                                 done.run.label, done.without ? " without" : "", done.run.seed,
                                 done.run.error));
  }
  if (!failed.empty()) protocol["failed runs"] = failed;
  return protocol;
}

// What the reader is told of a task, from its record.
json task_json(const study::Task& task) {
  return {{"name", task.name},
          {"title", task.title},
          {"what", task.what},
          {"training", study::words(task.settings)},
          {"ablation",
           task.ablation_words.empty() ? study::words(task.ablation) : task.ablation_words},
          {"shown", task.shown}};
}

// What becomes what, of the whole catalog, and the test that proves it.
json reductions_json() {
  json all = json::array();
  for (const attention::Mechanism& from : attention::catalog()) {
    for (const attention::Reduction& reduction : from.reductions) {
      all.push_back({{"from", from.name},
                     {"to", reduction.to},
                     {"when", reduction.when},
                     {"reason", reduction.reason},
                     {"proof", attention::proof_of(from, reduction)}});
    }
  }
  return all;
}

json score_gradients_json() {
  static const std::vector<ScoreGradient> measured = score_gradients();  // always the same
  json all = json::array();
  for (const ScoreGradient& found : measured) {
    all.push_back({{"size", found.size}, {"plain", found.plain}, {"scaled", found.scaled}});
  }
  return all;
}

json choice_gradients_json() {
  static const std::vector<ChoiceGradient> measured = choice_gradients();  // always the same
  json all = json::array();
  for (const ChoiceGradient& found : measured) {
    all.push_back({{"name", found.name},
                   {"bias", found.bias},
                   {"error", found.error},
                   {"noise", found.noise}});
  }
  return all;
}

// Lists and names with numbers have no place in a table.
bool is_column(const std::vector<std::string>&) { return false; }
bool is_column(const std::map<std::string, double>&) { return false; }
bool is_column(const std::vector<study::Point>&) { return false; }
template <class Field>
bool is_column(const Field&) {
  return true;
}

// A JSON number as it stands in the file; text as a safe cell; null as an empty one.
std::string cell(const json& run, const std::string& column) {
  const auto found = run.find(column);
  if (found == run.end() || found->is_null()) return "";
  return found->is_string() ? csv_cell(found->get<std::string>()) : found->dump();
}

}  // namespace

std::vector<std::string> busy_entries(const Comparison& comparison) {
  constexpr double much = 1.25;  // elapsed time over processor time
  std::vector<std::string> busy;
  for (std::size_t entry = 0; entry < comparison.busy.size(); ++entry) {
    if (comparison.busy[entry] <= much) continue;
    const Entry& one = comparison.entries[entry];
    busy.push_back(fmt::format("{} on {}", one.listed.mechanism, one.task->name));
  }
  return busy;
}

json results_json(const Comparison& comparison, const Options& options) {
  json results = {{"heed", version()},          {"machine", json::object()},
                  {"mechanisms", json::array()}, {"tasks", json::array()},
                  {"runs", json::array()}};
  for (const auto& [name, value] : machine_facts()) results["machine"][name] = value;
  results["protocol"] = protocol_json(comparison, options);
  std::set<std::string> described;
  for (const Entry& entry : comparison.entries) {
    if (described.insert("mechanism " + entry.listed.mechanism).second) {
      const auto& row = attention::find(entry.listed.mechanism);
      results["mechanisms"].push_back(
          {{"name", row.name}, {"title", row.title}, {"paper", row.paper}, {"file", row.file}});
    }
    if (described.insert("task " + entry.task->name).second) {
      results["tasks"].push_back(task_json(*entry.task));
    }
  }
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    for (const Done* done : comparison.runs_of(entry)) {
      results["runs"].push_back(study::to_json(done->run));
    }
  }
  results["maps"] = maps_json(comparison);
  results["reductions"] = reductions_json();
  results["score_gradients"] = score_gradients_json();
  results["choice_gradients"] = choice_gradients_json();
  return results;
}

std::string results_csv(const json& results) {
  std::vector<std::string> columns;
  const study::Run blank;
  study::for_each_field(blank, [&](const char* name, const auto& field) {
    if (is_column(field)) columns.emplace_back(name);
  });
  std::string text = fmt::format("{}\n", fmt::join(columns, ","));
  for (const json& run : results.at("runs")) {
    std::vector<std::string> cells;
    for (const std::string& column : columns) cells.push_back(cell(run, column));
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

std::string csv_cell(const std::string& text) {
  std::string safe = text;
  if (!safe.empty() && std::string("=+-@\t\r").find(safe[0]) != std::string::npos)
    safe = "'" + safe;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char c : safe) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace heed::compare
