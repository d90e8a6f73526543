// Task: the record of what is generated, what is asked of a mechanism, how it is trained, and which
// mechanisms run on it with what expected of each. It stands at the end of the task's file, and it
// is the one place that says so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples/study/chance.h"
#include "examples/study/study.h"

namespace heed::study {

enum class Better { higher, lower };

// What is expected of a run, in every seed.
enum class Expect {
  solves,   // reaches the level
  ceiling,  // reaches what its pattern allows, which is less than the level, and not more
  partly,   // does better than the floor and misses the level
  fails,    // stays nearer to the floor than to the level
};
std::string name_of(Expect expect);

// A mechanism on the task.
struct Listed {
  std::string mechanism;     // a name of the catalog
  std::string label = {};    // "" or what tells it from another run of the mechanism: "one head"
  std::string why = {};      // a sentence for readers: what the run shows
  Changes options = {};      // of the mechanism
  Changes settings = {};     // of the task
  Expect expect = Expect::solves;
};

// A bar for a figure of Study::details(); the median over seeds has to pass it.
struct Bar {
  std::string detail;
  double limit = 0;
  bool at_most = false;
};

struct Task {
  std::string name = {};    // "reverse"
  std::string title = {};   // one line for people
  std::string what = {};    // two sentences: what is asked, and why it takes the mechanism
  std::string metric = {};  // "accuracy"
  Better better = Better::higher;
  Ablation ablation = Ablation::mean;
  std::string ablation_words = {};  // of Ablation::own
  Settings settings = {};
  double chance = 0;  // a guess
  double floor = 0;   // what can be had without choosing where to look, if it can be computed
  double level = 0.99;
  std::vector<Bar> bars = {};
  std::vector<std::string> shown = {};  // details that the program prints of every seed
  double seconds = 1;  // about how long a run takes on one core: for the order and the time left
  // Empty: only the mechanisms listed here can run it.
  std::optional<Needs> needs = {};
  // Where the answers lie, if that does not depend on the content: for the ceiling.
  std::optional<Sources> sources = {};
  // Throws when data that it needs is missing or damaged.
  void (*check_data)(const std::string& data_dir) = nullptr;
  std::vector<Listed> runs = {};    // judged
  std::vector<Listed> beside = {};  // shown beside them
  MakeStudy make = {};

  // The best score that there is.
  double perfect() const { return better == Better::higher ? 1 : 0; }
  // Is a at least as good as b?
  bool as_good(double a, double b) const { return better == Better::higher ? a >= b : a <= b; }
  double best_of(double a, double b) const { return as_good(a, b) ? a : b; }
};

// Why the mechanism cannot run the task; empty when it can.
std::string why_not(const Task& task, const std::string& mechanism);

// The trial of a listed run as the record says it. Throws ValueError on a setting or an option that
// does not exist.
Trial trial_of(const Task& task, const Listed& listed);

}  // namespace heed::study
