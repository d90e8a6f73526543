#include "examples/compare/results.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "examples/compare/machine.h"

namespace heed::inline HEED_REAL::compare {

using nlohmann::json;

namespace {

// The columns of the CSV, in this order.
constexpr const char* columns[] = {
    "mechanism",  "variant",       "task",       "seed",        "lr",
    "steps",      "metric",        "score",      "chance",      "floor",
    "ceiling",    "threshold",     "ablated",    "trained_without", "parameters",
    "macs_per_step", "peak_bytes", "seconds",    "ms_per_step", "steps_to_threshold",
    "test_samples",  "overlap",    "error"};

// The score of the same seed with the mean in the mechanism's place; null when it was not run.
json score_without(const Comparison& comparison, const Run& run) {
  const auto entry = comparison.variant_of(run.entry, "without");
  if (!entry) return nullptr;
  for (const Run* other : comparison.runs_of(*entry)) {
    if (other->trial.seed == run.trial.seed && other->outcome) return other->outcome->score;
  }
  return nullptr;
}

json run_json(const Comparison& comparison, const Run& run) {
  const tasks::Task& task = tasks::find_task(run.trial.task);
  json written = {{"mechanism", run.trial.mechanism}, {"variant", run.trial.variant},
                  {"task", run.trial.task},           {"seed", run.trial.seed},
                  {"metric", task.metric},            {"higher_is_better", true},
                  {"chance", task.chance},            {"floor", task.floor},
                  {"trained_without", nullptr},       {"steps_to_threshold", nullptr},
                  {"ms_per_step", nullptr},           {"threshold", nullptr}};
  if (comparison.entries[run.entry].judged()) written["misses"] = misses(comparison, run.entry);
  if (!run.outcome) {
    written.update({{"score", nullptr}, {"error", run.error}});
    return written;
  }
  const tasks::Outcome& outcome = *run.outcome;
  written.update({{"lr", outcome.settings.lr},
                  {"steps", outcome.settings.steps},
                  {"batch", outcome.settings.batch},
                  {"width", outcome.settings.width},
                  {"layers", outcome.settings.layers},
                  {"heads", outcome.settings.heads},
                  {"score", outcome.score},
                  {"ceiling", outcome.ceiling},
                  {"ablated", outcome.ablated},
                  {"parameters", outcome.parameters},
                  {"macs_per_step", outcome.macs_per_step},
                  {"peak_bytes", outcome.peak_bytes},
                  {"seconds", outcome.seconds},
                  {"test_samples", outcome.test_samples},
                  {"overlap", outcome.overlap},
                  {"details", outcome.details},
                  {"loss", outcome.loss}});
  const double ms = comparison.ms_per_step[run.entry];
  if (ms > 0) written["ms_per_step"] = ms;
  if (outcome.steps_to_threshold >= 0) written["steps_to_threshold"] = outcome.steps_to_threshold;
  if (comparison.entries[run.entry].judged()) {
    written["threshold"] = threshold(task, outcome);
    written["trained_without"] = score_without(comparison, run);
  }
  return written;
}

json maps_json(const Comparison& comparison) {
  json maps = json::array();
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    const std::vector<const Run*> runs = comparison.runs_of(entry);
    if (!comparison.entries[entry].judged() || runs.empty() || !runs[0]->outcome) continue;
    for (const tasks::DrawnMap& map : runs[0]->outcome->maps) {
      maps.push_back({{"mechanism", runs[0]->trial.mechanism},
                      {"task", runs[0]->trial.task},
                      {"title", map.title},
                      {"kind", map.kind},
                      {"rows", map.rows},
                      {"cols", map.columns},
                      {"values", map.values}});
    }
  }
  return maps;
}

json protocol_json(const Comparison& comparison, const Options& options) {
  json seeds = json::array();
  for (int i = 0; i < options.seeds; ++i)
    seeds.push_back(options.seed + static_cast<std::uint64_t>(i));
  json protocol = {
      {"seeds", seeds},
      {"runs side by side", options.threads},
      {"training and test samples", "from disjoint streams of one generator; overlap is counted"},
      {"optimizer",
       "AdamW (0.9, 0.98), warmup over 50 steps, then a cosine; gradients clipped to norm 1"},
      {"floor", "what can be had from the bag of visible tokens, or without looking"},
      {"ablated", "the trained model with the mean in the mechanism's place"},
      {"trained without", "the same model trained with the mean in the mechanism's place"},
      {"times a step", "the median of a pass of its own, one run at a time"},
      {"multiply-adds and bytes", "counted during one training step"}};
  if (options.steps > 0) protocol["steps changed to"] = options.steps;
  if (comparison.interrupted) protocol["interrupted"] = "what was finished by then";
  json failed = json::array();
  for (const Run& run : comparison.runs) {
    if (run.outcome) continue;
    failed.push_back(fmt::format("{} on {} {}, seed {}: {}", run.trial.mechanism, run.trial.task,
                                 run.trial.variant, run.trial.seed, run.error));
  }
  if (!failed.empty()) protocol["failed runs"] = failed;
  return protocol;
}

// A JSON number as it stands in the file; text as a safe cell; null as an empty one.
std::string cell(const json& run, const char* column) {
  const auto found = run.find(column);
  if (found == run.end() || found->is_null()) return "";
  return found->is_string() ? csv_cell(found->get<std::string>()) : found->dump();
}

}  // namespace

json results_json(const Comparison& comparison, const Options& options) {
  json results = {{"heed", version()},          {"machine", json::object()},
                  {"mechanisms", json::array()}, {"tasks", json::array()},
                  {"runs", json::array()}};
  for (const auto& [name, value] : machine_facts()) results["machine"][name] = value;
  results["protocol"] = protocol_json(comparison, options);
  std::set<std::string> described;
  for (const Entry& entry : comparison.entries) {
    const attention::Mechanism& row = attention::find(entry.mechanism);
    if (described.insert("mechanism " + entry.mechanism).second) {
      results["mechanisms"].push_back(
          {{"name", row.name}, {"title", row.title}, {"paper", row.paper}, {"file", row.file}});
    }
    const tasks::Task& task = tasks::find_task(entry.task);
    if (described.insert("task " + entry.task).second) {
      results["tasks"].push_back({{"name", task.name}, {"title", task.title}, {"what", task.what}});
    }
  }
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    if (comparison.entries[entry].variant == "without") continue;  // a column, not a row
    for (const Run* run : comparison.runs_of(entry)) {
      results["runs"].push_back(run_json(comparison, *run));
    }
  }
  results["maps"] = maps_json(comparison);
  return results;
}

std::string results_csv(const json& results) {
  std::string text;
  for (const char* column : columns) text += fmt::format("{}{}", text.empty() ? "" : ",", column);
  text += '\n';
  for (const json& run : results.at("runs")) {
    std::string row;
    for (const char* column : columns) {
      if (column != columns[0]) row += ',';
      row += cell(run, column);
    }
    text += row + '\n';
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

}  // namespace heed::inline HEED_REAL::compare
