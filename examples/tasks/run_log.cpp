#include "examples/tasks/run_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "autograd/memory.h"
#include "examples/progress.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index validations = 20;
constexpr Index curve_points = 100;
constexpr Index costed_step = 1;  // the first pays for memory that later ones reuse

}  // namespace

RunLog::RunLog(const Settings& settings, const Trial& trial)
    : settings_(settings), trial_(trial), started_(steady_seconds()) {}

void RunLog::begin(Index step) {
  if (step == costed_step) {
    memory::reset_peak();
    ledger_.emplace();
  }
  step_started_ = steady_seconds();
}

void RunLog::end(Index step, double loss) {
  const double took = steady_seconds() - step_started_;
  if (step > costed_step) step_seconds_.push_back(took);
  if (step == costed_step) {
    macs_ = ledger_->cost().multiply_adds;
    ledger_.reset();
    peak_bytes_ = memory::counters().peak_bytes;
  }
  if (!std::isfinite(loss)) {
    throw NonFiniteError(fmt::format("[{}] the loss of {} is {} at step {}", trial_.task,
                                     trial_.mechanism, loss, step));
  }
  const Index every = std::max<Index>(1, settings_.steps / curve_points);
  if (step % every == 0 || step + 1 == settings_.steps) loss_.emplace_back(step, loss);
  if (trial_.progress) trial_.progress(step + 1, settings_.steps, loss);
}

bool RunLog::due(Index step) const {
  const Index every = std::max<Index>(1, settings_.steps / validations);
  return !trial_.timing && steps_to_bar_ < 0 && (step + 1) % every == 0;
}

void RunLog::validated(Index step, double score, double bar) {
  if (score >= bar) steps_to_bar_ = step + 1;
}

void RunLog::finish(Outcome& outcome) const {
  outcome.settings = settings_;
  outcome.macs_per_step = macs_;
  outcome.peak_bytes = peak_bytes_;
  outcome.seconds = steady_seconds() - started_;
  outcome.steps_to_threshold = steps_to_bar_;
  outcome.loss = loss_;
  if (step_seconds_.empty()) return;
  std::vector<double> sorted = step_seconds_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  outcome.ms_per_step = 1e3 * *middle;
}

Settings settings_of(const Task& task, const Trial& trial) {
  Settings settings = task.settings;
  if (trial.steps > 0) settings.steps = trial.steps;
  if (trial.lr > 0) settings.lr = trial.lr;
  if (trial.variant == "wide") {
    settings.width = 128;
    if (trial.lr == 0) settings.lr = 1e-3;
    return settings;
  }
  constexpr std::string_view heads = "heads=";
  const std::string_view variant = trial.variant;
  if (variant.starts_with(heads)) {
    const char* const end = variant.data() + variant.size();
    const auto parsed = std::from_chars(variant.data() + heads.size(), end, settings.heads);
    if (parsed.ec == std::errc() && parsed.ptr == end) return settings;
  } else if (variant.empty() || variant == "without" || variant == "unmasked") {
    return settings;
  }
  throw ValueError(fmt::format("[{}] no variant '{}'\nhint: without, unmasked, wide or heads=2",
                               task.name, trial.variant));
}

}  // namespace heed::inline HEED_REAL::tasks
