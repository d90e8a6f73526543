// What a comparison has found so far, and what it says about each mechanism.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples/compare/plan.h"

namespace heed::inline HEED_REAL::compare {

struct Run {
  std::size_t entry = 0;
  tasks::Trial trial;
  std::optional<tasks::Outcome> outcome;
  int exit_code = 0;   // of its process
  std::string error;   // why there is no outcome
};

struct Comparison {
  std::vector<Entry> entries;
  std::vector<Run> runs;                // finished ones only
  std::vector<double> ms_per_step;      // an entry: measured alone; 0: not measured
  bool interrupted = false;

  // The runs of an entry, by seed.
  std::vector<const Run*> runs_of(std::size_t entry) const;
  // The entry that is the same but for its variant, if it is there.
  std::optional<std::size_t> variant_of(std::size_t entry, std::string_view variant) const;
};

// The score that a run of this task has to reach: the task's level, or what the mechanism's ceiling
// there allows.
double threshold(const tasks::Task& task, const tasks::Outcome& outcome);

// What the entry misses, in words; empty when it passes. Every seed has to reach the threshold,
// must not pass a ceiling that is lower than 1, and has to fall, with the mechanism switched off,
// to what the model trained without it reaches or to the floor; bars hold for the median.
std::vector<std::string> misses(const Comparison& comparison, std::size_t entry);

double median(std::vector<double> values);

}  // namespace heed::inline HEED_REAL::compare
