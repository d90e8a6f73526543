// What is noted while a model is trained: the loss curve, the cost of a step, and when the bar was
// first passed. It looks on; it never changes the run.
#pragma once

#include <optional>
#include <vector>

#include "autograd/ledger.h"
#include "examples/tasks/task.h"

namespace heed::inline HEED_REAL::tasks {

class RunLog {
 public:
  RunLog(const Settings& settings, const Trial& trial);

  // Around each step.
  void begin(Index step);
  // Throws NonFiniteError on a loss that is no number.
  void end(Index step, double loss);

  // Is it time to validate? Twenty times a run, until the bar was passed.
  bool due(Index step) const;
  void validated(Index step, double score, double bar);

  // Writes what was noted.
  void finish(Outcome& outcome) const;

 private:
  const Settings settings_;
  const Trial& trial_;
  double started_;
  double step_started_ = 0;
  std::vector<double> step_seconds_;
  std::optional<Ledger> ledger_;
  std::uint64_t macs_ = 0;
  std::uint64_t peak_bytes_ = 0;
  Index steps_to_bar_ = -1;
  std::vector<std::pair<Index, double>> loss_;
};

// The task's settings as changed by the trial's own numbers and by its variant. Throws ValueError
// on a variant that does not exist.
Settings settings_of(const Task& task, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
