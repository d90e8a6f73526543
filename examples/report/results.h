// results.json as the report uses it, by tasks and groups of runs.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "examples/study/run.h"

namespace heed::report {

using study::absent;
using study::Point;
using study::Run;
using Map = study::DrawnMap;

// The runs of one mechanism on one task, which differ in their seed only.
struct Group {
  std::string label;  // "multihead, one head"; with the learning rate where several were tried
  int colour = 0;     // the same for a label on the whole page
  std::vector<Run> runs;

  const Run& first() const { return runs.front(); }
  std::vector<double> finite(double Run::*field) const;
  double median(double Run::*field) const;  // of the finite ones; NaN when there are none
  double mean(double Run::*field) const;
  double least(double Run::*field) const;
  double most(double Run::*field) const;
  // The median over the runs of each figure in `field`.
  std::map<std::string, double> details(Run::Details Run::*field = &Run::details) const;
};

// What a mechanism or a task is, for readers.
struct Words {
  std::string name = {}, title = {}, paper = {}, file = {}, what = {};
  std::string training = {}, ablation = {};  // of a task
  std::vector<std::string> shown = {};       // of a task: details that have a column each
};

struct TaskResults {
  Words words;  // a task without words has its name as the title
  std::vector<Group> groups;
};

// Gives each label the first colour that no other label has on any of its tasks: few colours, the
// same for a label on the whole page, and different ones within a panel.
void assign_colours(std::vector<TaskResults>& tasks);

// What a mechanism becomes, and the test that proves it.
struct Reduction {
  std::string from = {}, to = {}, when = {}, reason = {}, proof = {};
};

// What the softmax lets through of a gradient, for heads of a size: scores as they come, and
// divided by its root.
struct ScoreGradient {
  double size = 0, plain = 0, scaled = 0;
};

// How a gradient through a choice is estimated, in lengths of the exact one.
struct ChoiceGradient {
  std::string name = {};
  double bias = 0, error = 0, noise = 0;
};

using Facts = std::vector<std::pair<std::string, std::string>>;

struct Results {
  std::string version;
  Facts machine, protocol;
  std::vector<Words> mechanisms;
  std::vector<TaskResults> tasks;  // in the order of their first run
  std::vector<Map> maps;
  std::vector<Reduction> reductions;
  std::vector<ScoreGradient> score_gradients;
  std::vector<ChoiceGradient> choice_gradients;

  const Words* mechanism(const std::string& name) const;  // null when there are no words for it
  const Words* task(const std::string& name) const;
};

// Throws FormatError when `results` is not an object or one of its lists is not a list.
Results read_results(const nlohmann::json& results);

}  // namespace heed::report
