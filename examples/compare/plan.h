// Which runs a comparison consists of: what the records of the tasks list, or what the user names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples/tasks/tasks.h"

namespace heed::compare {

struct Options {
  std::vector<std::string> modes = {};  // of the catalog, or "all"; empty: what the tasks list
  std::vector<std::string> tasks = {};  // empty: all
  std::vector<std::string> set = {};    // "local.window=5", "recall.width=64"
  int seeds = 3;
  std::uint64_t seed = 1;  // the first
  Index steps = 0;         // 0: each task's own
  int threads = 1;         // runs side by side
  std::string data_dir = {};
  std::string out = "out";
};

// A mechanism on a task, over all seeds.
struct Entry {
  const study::Task* task = nullptr;
  study::Listed listed = {};
  bool judged = false;  // held to what the record expects; the others are shown beside
};

struct Plan {
  std::vector<Entry> entries;
  std::vector<std::string> refused;  // with --mode all: "hard on recall: it learns from ..."
};

// Without names all that the records list. With --mode those of these mechanisms; with --task those
// of these tasks; with both a mechanism also runs on a task that does not list it, and "all" is
// every mechanism that can. Throws ValueError on an unknown name, naming the nearest, on a
// mechanism that cannot run the task named with it, saying why, and on a change that no run uses.
Plan plan(const Options& options);

// Are their models the same once the mechanism is taken out? What is left of a model is then the
// mean that goes through it, or nothing, whichever mechanism it was; a task's own ablation may
// leave more.
bool same_without(const Entry& one, const Entry& other);

// One trial an entry and seed; for those that have to solve their task also one without the
// mechanism, once for all whose models are then the same. The longest first.
struct PlannedTrial {
  std::size_t entry = 0;
  study::Trial trial;
};
std::vector<PlannedTrial> trials_of(const std::vector<Entry>& entries, const Options& options);

// The tasks that list the mechanism, for tables.
std::vector<std::string> tasks_of(const std::string& mechanism);

}  // namespace heed::compare
