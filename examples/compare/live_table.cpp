#include "examples/compare/live_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace heed::inline HEED_REAL::compare {
namespace {

constexpr const char* green = "\x1b[32m";
constexpr const char* red = "\x1b[31m";

std::string name_of(const tasks::Trial& trial) {
  std::string name = fmt::format("{} on {}", trial.mechanism, trial.task);
  if (!trial.variant.empty()) name += fmt::format(" ({})", trial.variant);
  return name;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The median over seeds, and the range where there is one: "1.0000" or "0.9100 (0.9000-0.9200)".
std::string with_range(const std::vector<double>& values) {
  if (values.empty()) return "failed";
  const auto [least, most] = std::ranges::minmax(values);
  std::string text = fmt::format("{:.4f}", median(values));
  if (values.size() > 1) text += fmt::format(" ({:.4f}-{:.4f})", least, most);
  return text;
}

std::vector<double> figures(const std::vector<const Run*>& runs, double tasks::Outcome::*figure) {
  std::vector<double> values;
  for (const Run* run : runs) {
    if (run->outcome) values.push_back((*run->outcome).*figure);
  }
  return values;
}

std::string summary_row(const Comparison& comparison, std::size_t entry) {
  const Entry& one = comparison.entries[entry];
  const tasks::Task& task = tasks::find_task(one.task);
  const std::vector<const Run*> runs = comparison.runs_of(entry);
  const std::vector<double> ablated = figures(runs, &tasks::Outcome::ablated);
  std::string without = "-";
  if (const auto other = comparison.variant_of(entry, "without")) {
    const std::vector<double> scores = figures(comparison.runs_of(*other), &tasks::Outcome::score);
    if (!scores.empty()) without = fmt::format("{:.4f}", median(scores));
  }
  const double ms = comparison.ms_per_step[entry];
  return fmt::format("{:<11} {:<13} {:<9} {:<12} {:<23} {:>7.4f} {:>7.4f} {:>8} {:>8} {:>7}",
                     one.mechanism, one.task, one.variant, task.metric,
                     with_range(figures(runs, &tasks::Outcome::score)), task.chance, task.floor,
                     ablated.empty() ? "-" : fmt::format("{:.4f}", median(ablated)), without,
                     ms > 0 ? fmt::format("{:.2f}", ms) : "-");
}

}  // namespace

LiveTable::LiveTable(std::ostream& out, const Terminal& terminal, Clock clock)
    : line_(out, terminal, std::move(clock)) {}

void LiveTable::begin(const std::vector<PlannedTrial>& planned) {
  for (const PlannedTrial& one : planned) {
    weights_.push_back(tasks::find_task(one.trial.task).seconds);
    names_.push_back(name_of(one.trial));
  }
  done_.assign(planned.size(), 0);
  line_.print(fmt::format("{} runs\n\n{:<40} {:>4} {:>8} {:>8} {:>8}", planned.size(), "run",
                          "seed", "score", "ablated", "seconds"));
  redraw();
}

void LiveTable::started(std::size_t run) {
  latest_ = run;
  redraw();
}

void LiveTable::progress(std::size_t run, double done) {
  done_[run] = done;
  latest_ = run;
  redraw();
}

void LiveTable::finished(std::size_t run, const Run& result) {
  done_[run] = 1;
  ++finished_;
  if (result.outcome) {
    line_.print(fmt::format("{:<40} {:>4} {:>8.4f} {:>8.4f} {:>8.1f}", names_[run],
                            result.trial.seed, result.outcome->score, result.outcome->ablated,
                            result.outcome->seconds));
  } else {
    line_.print(fmt::format("{:<40} {:>4} {}", names_[run], result.trial.seed,
                            coloured(red, "failed: " + first_line(result.error))));
  }
  redraw();
}

void LiveTable::timing(const std::string& what) { line_.show(1, "timing " + what); }

void LiveTable::redraw() {
  const double all = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const double done = std::inner_product(weights_.begin(), weights_.end(), done_.begin(), 0.0) /
                      std::max(all, 1e-9);
  line_.show(done, fmt::format("{}/{}  {}", finished_, names_.size(),
                               latest_ < names_.size() ? names_[latest_] : ""));
}

void LiveTable::summary(const Comparison& comparison, bool judged) {
  line_.clear();
  line_.print(fmt::format("\n{:<11} {:<13} {:<9} {:<12} {:<23} {:>7} {:>7} {:>8} {:>8} {:>7}",
                          "mechanism", "task", "variant", "metric", "score (over seeds)", "chance",
                          "floor", "ablated", "without", "ms/step"));
  std::vector<std::string> missed;
  for (std::size_t entry = 0; entry < comparison.entries.size(); ++entry) {
    const Entry& one = comparison.entries[entry];
    if (one.variant == "without" || comparison.runs_of(entry).empty()) continue;
    std::string row = summary_row(comparison, entry);
    if (one.judged() && judged) {
      const std::vector<std::string> here = misses(comparison, entry);
      row += here.empty() ? coloured(green, "  ok") : coloured(red, "  MISSED");
      for (const std::string& miss : here) {
        missed.push_back(fmt::format("{} on {}: {}", one.mechanism, one.task, miss));
      }
    }
    line_.print(row);
  }
  line_.print(
      "\nablated: the mean in the mechanism's place after training; without: from the first step");
  for (const std::string& miss : missed) line_.print(coloured(red, "missed  ") + miss);
}

std::string LiveTable::coloured(const char* colour, const std::string& text) const {
  return line_.terminal().colour ? colour + text + "\x1b[0m" : text;
}

}  // namespace heed::inline HEED_REAL::compare
