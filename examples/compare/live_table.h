// What a comparison shows while it runs and at its end.
#pragma once

#include <string>
#include <vector>

#include "examples/compare/comparison.h"
#include "examples/progress.h"

namespace heed::compare {

class LiveTable {
 public:
  LiveTable(std::ostream& out, const Terminal& terminal, Clock clock = steady_seconds);

  // Before the first run.
  void begin(const std::vector<Entry>& entries, const std::vector<PlannedTrial>& planned);
  void started(std::size_t run);
  void progress(std::size_t run, double done);
  // A line that stays.
  void finished(std::size_t run, const Done& done);
  // What went wrong beside the runs; the first time only.
  void warn(const std::string& what);
  // One run after the other is timed.
  void timing(const std::string& what);
  // The summary: a line an entry, then what was missed.
  void summary(const Comparison& comparison);

 private:
  void redraw();
  std::string coloured(const char* colour, const std::string& text) const;

  ProgressLine line_;
  std::vector<double> weights_;
  std::vector<double> done_;
  std::vector<std::string> names_;
  std::size_t widest_ = 3;  // of the names and of the word "run"
  std::size_t finished_ = 0;
  bool warned_ = false;
  std::size_t latest_ = 0;
};

}  // namespace heed::compare
