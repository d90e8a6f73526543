// Which runs a comparison consists of.
#pragma once

#include <string>
#include <vector>

#include "examples/tasks/task.h"

namespace heed::inline HEED_REAL::compare {

struct Options {
  std::vector<std::string> modes;  // names of the catalog; empty: all
  int seeds = 3;
  std::uint64_t seed = 1;          // the first
  Index steps = 0;                 // 0: each task's own
  int threads = 1;                 // runs side by side
  std::string data_dir;
  std::string out = "out";
};

// A mechanism on a task with one variant, over all seeds.
struct Entry {
  std::string mechanism, task, variant;
  // Held to the task's level and bars; the others are shown beside it.
  bool judged() const { return variant.empty(); }
};

// The tasks of a mechanism: its default task in the catalog, then those where there is more to see.
std::vector<std::string> tasks_of(const attention::Mechanism& row);

// For every mechanism and task the run itself, the same with the mean in the mechanism's place
// ("without"), and the comparisons that belong to the task. Throws ValueError on an unknown mode,
// naming the nearest.
std::vector<Entry> plan(const Options& options);

// One trial an entry and seed, the longest first.
struct PlannedTrial {
  std::size_t entry;
  tasks::Trial trial;
};
std::vector<PlannedTrial> trials_of(const std::vector<Entry>& entries, const Options& options);

}  // namespace heed::inline HEED_REAL::compare
