// A task: what is generated, what a mechanism has to reach on it, and how it is trained.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "attention/catalog.h"

namespace heed::inline HEED_REAL::tasks {

// How a task is trained unless the command line says otherwise. Pre-norm blocks with an MLP of
// twice the width and GELU; AdamW; warmup over 50 steps, then a cosine; gradients clipped to
// norm 1.
struct Settings {
  Index width = 32;
  Index layers = 1;
  Index heads = 1;
  Index batch = 32;
  Index steps = 300;
  double lr = 3e-3;
  double weight_decay = 0.01;
};

// One training run to be done.
struct Trial {
  std::string mechanism;  // a name of the catalog
  std::string task;
  std::uint64_t seed = 1;
  // "": as the task says. "without": the mean in the mechanism's place from the first step on.
  // "unmasked": without the causal mask. "heads=2": that many heads.
  std::string variant;
  Index steps = 0;        // 0: the task's
  double lr = 0;          // 0: the task's
  std::string data_dir;
  bool timing = false;    // only the steps matter: no test afterwards
  // Told after every step: steps done, of how many, the loss.
  std::function<void(Index, Index, double)> progress;
};

// An attention map on one fixed test example, ready to draw.
struct DrawnMap {
  std::string title;
  std::string kind;  // "weights", "implied", "measured"
  std::vector<std::string> rows, columns;
  std::vector<std::vector<double>> values;
};

// What came out of a run.
struct Outcome {
  Settings settings;  // as used
  double score = 0;
  double ablated = 0;  // the same model with the mean in the mechanism's place
  double ceiling = 1;  // of this mechanism on this task
  std::map<std::string, double> details;  // further figures by name
  Index parameters = 0;
  std::uint64_t macs_per_step = 0;
  std::uint64_t peak_bytes = 0;
  double seconds = 0;      // of training, beside other runs
  double ms_per_step = 0;  // the median step
  Index test_samples = 0;
  Index overlap = 0;       // test samples that were also trained on
  Index steps_to_threshold = -1;  // -1: not reached
  std::vector<std::pair<Index, double>> loss;
  std::vector<DrawnMap> maps;
};

// A bar for a figure in Outcome::details; the median over seeds has to pass it.
struct Bar {
  std::string_view detail;
  double limit = 0;
  bool at_most = false;
};

struct Task {
  std::string_view name;    // "reverse"
  std::string_view title;   // one line for people
  std::string_view what;    // two sentences: what is asked, and why it takes the mechanism
  std::string_view metric;  // "accuracy", "exact match", "AUC"
  Settings settings;
  double chance = 0;   // a guess
  double floor = 0;    // what can be had without the mechanism, see chance.h
  double level =
      0.99;  // every seed has to reach it, or come within 0.02 of the ceiling if that is lower
  std::vector<Bar> bars;
  double seconds = 1;   // about how long a run takes on one core: for the order and the time left
  bool digits = false;  // needs the 8x8 digits
  bool (*accepts)(const attention::Capabilities& can) = nullptr;
  Outcome (*run)(const Task& task, const Trial& trial) = nullptr;
};

// Every task, in the order of the lists.
const std::vector<Task>& all_tasks();
// By name, or by id (the first that has it). Throws ValueError naming the nearest right name.
const Task& find_task(std::string_view name);

}  // namespace heed::inline HEED_REAL::tasks
