#include "examples/compare/comparison.h"

#include <fmt/format.h>

#include <algorithm>

namespace heed::inline HEED_REAL::compare {
namespace {

// How far a score may be from an analytic ceiling: the noise of the test set, upwards a leak.
constexpr double ceiling_margin = 0.02;
// How far a model without its mechanism may be above its baseline.
constexpr double baseline_margin = 0.05;

bool has_low_ceiling(const tasks::Task& task, const tasks::Outcome& outcome) {
  return outcome.ceiling < task.level;
}

// The most that may be left with the mechanism switched off: what the same model reaches when it is
// trained without it, or the floor.
double allowed_without(const Comparison& comparison, const tasks::Task& task, const Run& run) {
  double baseline = task.floor;
  if (const auto entry = comparison.variant_of(run.entry, "without")) {
    for (const Run* other : comparison.runs_of(*entry)) {
      if (other->trial.seed == run.trial.seed && other->outcome) {
        baseline = std::max(baseline, other->outcome->score);
      }
    }
  }
  return baseline + baseline_margin;
}

void judge_run(const Comparison& comparison, const tasks::Task& task, const Run& run,
               std::vector<std::string>& missed) {
  if (!run.outcome) {
    missed.push_back(fmt::format("seed {} failed", run.trial.seed));
    return;
  }
  const tasks::Outcome& outcome = *run.outcome;
  const double least = threshold(task, outcome);
  if (!(outcome.score >= least)) {
    missed.push_back(
        fmt::format("seed {}: {:.4f} is below {:.4f}", run.trial.seed, outcome.score, least));
  }
  if (has_low_ceiling(task, outcome) && outcome.score > outcome.ceiling + ceiling_margin) {
    missed.push_back(fmt::format("seed {}: {:.4f} is above the ceiling {:.4f}: a leak",
                                 run.trial.seed, outcome.score, outcome.ceiling));
  }
  const double allowed = allowed_without(comparison, task, run);
  if (!(outcome.ablated <= allowed)) {
    missed.push_back(
        fmt::format("seed {}: still {:.4f} with the mechanism switched off (at most {:.4f})",
                    run.trial.seed, outcome.ablated, allowed));
  }
}

}  // namespace

std::vector<const Run*> Comparison::runs_of(std::size_t entry) const {
  std::vector<const Run*> found;
  for (const Run& run : runs) {
    if (run.entry == entry) found.push_back(&run);
  }
  std::ranges::sort(found, {}, [](const Run* run) { return run->trial.seed; });
  return found;
}

std::optional<std::size_t> Comparison::variant_of(std::size_t entry,
                                                  std::string_view variant) const {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].mechanism == entries[entry].mechanism &&
        entries[i].task == entries[entry].task && entries[i].variant == variant) {
      return i;
    }
  }
  return std::nullopt;
}

double threshold(const tasks::Task& task, const tasks::Outcome& outcome) {
  return has_low_ceiling(task, outcome) ? outcome.ceiling - ceiling_margin : task.level;
}

std::vector<std::string> misses(const Comparison& comparison, std::size_t entry) {
  const tasks::Task& task = tasks::find_task(comparison.entries[entry].task);
  std::vector<std::string> missed;
  const std::vector<const Run*> runs = comparison.runs_of(entry);
  if (runs.empty()) missed.emplace_back("did not run");
  for (const Run* run : runs) judge_run(comparison, task, *run, missed);
  for (const tasks::Bar& bar : task.bars) {
    std::vector<double> values;
    for (const Run* run : runs) {
      if (!run->outcome) continue;
      const auto found = run->outcome->details.find(std::string(bar.detail));
      if (found != run->outcome->details.end()) values.push_back(found->second);
    }
    if (values.empty()) continue;
    const double middle = median(values);
    if (bar.at_most ? middle <= bar.limit : middle >= bar.limit) continue;
    missed.push_back(fmt::format("{}: {:.4f} is {} {:.4f}", bar.detail, middle,
                                 bar.at_most ? "above" : "below", bar.limit));
  }
  return missed;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

}  // namespace heed::inline HEED_REAL::compare
