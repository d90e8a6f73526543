#include "examples/study/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "autograd/errors.h"
#include "autograd/memory.h"
#include "examples/progress.h"

namespace heed::study {
namespace {

constexpr Index validations = 20;
constexpr Index curve_points = 100;
constexpr Index costed_step = 1;  // the first pays for memory that later ones reuse

}  // namespace

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Log::Log(const Trial& trial, const Progress& progress)
    : trial_(trial), progress_(progress), started_(steady_seconds()) {}

void Log::begin(Index step) {
  if (step == costed_step) {
    memory::reset_peak();
    ledger_.emplace();
  }
  step_began_ = steady_seconds();
  step_started_ = processor_seconds();
}

void Log::end(Index step, double loss) {
  const double took = processor_seconds() - step_started_;
  if (step > costed_step) {
    step_seconds_.push_back(took);
    processor_ += took;
    elapsed_ += steady_seconds() - step_began_;
  }
  if (step == costed_step) {
    macs_ = ledger_->cost().multiply_adds;
    ledger_.reset();
    peak_bytes_ = memory::counters().peak_bytes;
  }
  if (!std::isfinite(loss)) {
    throw NonFiniteError(fmt::format("[{}] the loss of {} is {} at step {}", trial_.task,
                                     trial_.mechanism, loss, step));
  }
  const Index steps = trial_.settings.steps;
  const Index every = std::max<Index>(1, steps / curve_points);
  if (step % every == 0 || step + 1 == steps) loss_.push_back({static_cast<double>(step), loss});
  if (progress_) progress_(step + 1, steps);
}

bool Log::due(Index step) const {
  const Index every = std::max<Index>(1, trial_.settings.steps / validations);
  return !trial_.timing && !trial_.without && std::isnan(steps_to_bar_) && (step + 1) % every == 0;
}

void Log::validated(Index step, double score, const Task& task) {
  if (task.as_good(score, task.level)) steps_to_bar_ = static_cast<double>(step + 1);
}

void Log::finish(Run& run) const {
  run.macs_per_step = static_cast<double>(macs_);
  run.peak_bytes = static_cast<double>(peak_bytes_);
  run.seconds = steady_seconds() - started_;
  run.steps_to_threshold = steps_to_bar_;
  run.loss = loss_;
  if (step_seconds_.empty()) return;
  std::vector<double> sorted = step_seconds_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  run.ms_per_step = 1e3 * *middle;
  if (processor_ > 0) run.busy = elapsed_ / processor_;
}

}  // namespace heed::study
