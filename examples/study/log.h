// What is noted while a model is trained: the loss curve, the cost of a step, and when the bar was
// first passed. It looks on; it never changes the run.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "autograd/ledger.h"
#include "examples/study/task.h"

namespace heed::study {

// Told after every step: steps done, of how many.
using Progress = std::function<void(Index, Index)>;

class Log {
 public:
  Log(const Trial& trial, const Progress& progress);

  // Around each step.
  void begin(Index step);
  // Throws NonFiniteError on a loss that is no number.
  void end(Index step, double loss);

  // Is it time to validate? Twenty times a run, until the bar was passed.
  bool due(Index step) const;
  void validated(Index step, double score, const Task& task);

  // Writes what was noted.
  void finish(Run& run) const;

 private:
  const Trial& trial_;
  const Progress& progress_;
  double started_;
  double step_started_ = 0;
  double step_began_ = 0;  // on the wall clock
  std::vector<double> step_seconds_;  // of processor time
  double processor_ = 0, elapsed_ = 0;  // of all these steps
  std::optional<Ledger> ledger_;
  std::uint64_t macs_ = 0;
  std::uint64_t peak_bytes_ = 0;
  double steps_to_bar_ = absent;
  std::vector<Point> loss_;
};

// Seconds that the process has computed since it began: what other programs do on the machine is
// not in them.
double processor_seconds();

}  // namespace heed::study
