// Trial and Run: a training to be done, and what came out of it. The worker, the comparison, the
// results and the report all use these two, and the lists of their fields below.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "examples/study/settings.h"

namespace heed::study {

// A number that is not there.
inline constexpr double absent = std::numeric_limits<double>::quiet_NaN();

// One training run to be done: all that a worker is told.
struct Trial {
  std::string mechanism = {};  // a name of the catalog
  std::string label = {};  // tells apart runs of one mechanism on one task: "one head"
  std::string task = {};
  std::uint64_t seed = 1;
  Settings settings = {};  // all of them, as they will be used
  Changes options = {};  // of the mechanism, by name
  std::string data_dir = {};
  bool without = false;  // the task's ablation in the mechanism's place from the first step on
  bool timing = false;   // only the steps matter: no test afterwards
};

// An attention map on one fixed test example, ready to draw.
struct DrawnMap {
  std::string mechanism, task;
  std::string title;
  std::string kind;  // "weights", "implied", "measured"
  std::vector<std::string> rows, cols;
  std::vector<std::vector<double>> values;
};

struct Point {
  double step = absent;
  double value = absent;
  bool operator==(const Point&) const = default;
};

// What came out. The worker fills what it measured; the comparison adds what needs other runs: the
// floor, what is trained without, the verdict.
struct Run {
  std::string mechanism, label, task;
  std::uint64_t seed = 0;
  double lr = absent, steps = absent;
  std::string metric;
  bool higher_is_better = true;
  double score = absent;
  double chance = absent;     // a guess
  double floor = absent;      // what is possible without choosing where to look
  double ceiling = absent;    // the best possible for this mechanism on this task
  double threshold = absent;  // the level that a run that solves the task reaches
  double ablated = absent;    // the trained model with the ablation in the mechanism's place
  double trained_without = absent;  // a model trained so from the first step on
  double parameters = absent, macs_per_step = absent, peak_bytes = absent;
  double seconds = absent;      // of training, beside other runs
  double ms_per_step = absent;  // of processor time, the median step, alone on the machine
  double busy = absent;  // elapsed time over processor time of these steps: 1 on a quiet machine
  double steps_to_threshold = absent;  // absent: not reached
  double test_samples = absent, overlap = absent;
  double batch = absent, width = absent, layers = absent, heads = absent;
  std::string options;   // of the mechanism, where they are not its defaults: "window=5"
  std::string expected;  // "solves", "ceiling", "partly", "fails"; "": shown beside
  std::string standing;  // "good", "doubtful", "bad", "compared"; of all seeds together
  std::string verdict;   // the same in words
  std::string why;       // what the run is there to show
  std::string error;     // why there is no score
  std::vector<std::string> misses;        // what the runs of all seeds should have reached
  using Details = std::map<std::string, double>;
  Details details;                  // further figures by name
  Details details_trained_without;  // the same of the model trained without
  std::vector<Point> loss;
};

// The one list of fields, in the order of the columns: visit(name, field).
template <class R, class Visit>
void for_each_field(R& run, Visit&& visit) {
  visit("mechanism", run.mechanism);
  visit("label", run.label);
  visit("task", run.task);
  visit("seed", run.seed);
  visit("lr", run.lr);
  visit("steps", run.steps);
  visit("metric", run.metric);
  visit("higher_is_better", run.higher_is_better);
  visit("score", run.score);
  visit("chance", run.chance);
  visit("floor", run.floor);
  visit("ceiling", run.ceiling);
  visit("threshold", run.threshold);
  visit("ablated", run.ablated);
  visit("trained_without", run.trained_without);
  visit("parameters", run.parameters);
  visit("macs_per_step", run.macs_per_step);
  visit("peak_bytes", run.peak_bytes);
  visit("seconds", run.seconds);
  visit("ms_per_step", run.ms_per_step);
  visit("busy", run.busy);
  visit("steps_to_threshold", run.steps_to_threshold);
  visit("test_samples", run.test_samples);
  visit("overlap", run.overlap);
  visit("batch", run.batch);
  visit("width", run.width);
  visit("layers", run.layers);
  visit("heads", run.heads);
  visit("options", run.options);
  visit("expected", run.expected);
  visit("standing", run.standing);
  visit("verdict", run.verdict);
  visit("why", run.why);
  visit("error", run.error);
  visit("misses", run.misses);
  visit("details", run.details);
  visit("details_trained_without", run.details_trained_without);
  visit("loss", run.loss);
}

template <class M, class Visit>
void for_each_map_field(M& map, Visit&& visit) {
  visit("mechanism", map.mechanism);
  visit("task", map.task);
  visit("title", map.title);
  visit("kind", map.kind);
  visit("rows", map.rows);
  visit("cols", map.cols);
  visit("values", map.values);
}

template <class T, class Visit>
void for_each_trial_field(T& trial, Visit&& visit) {
  visit("mechanism", trial.mechanism);
  visit("label", trial.label);
  visit("task", trial.task);
  visit("seed", trial.seed);
  visit("options", trial.options);
  visit("data_dir", trial.data_dir);
  visit("without", trial.without);
  visit("timing", trial.timing);
}

}  // namespace heed::study
