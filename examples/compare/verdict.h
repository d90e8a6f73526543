// What the runs of a mechanism on a task show: judged here, and nowhere else. The program prints
// it, results.json carries it, the report shows it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples/study/task.h"

namespace heed::compare {

struct Verdict {
  // "good"; "doubtful": good, but so is a model without the mechanism; "bad"; "compared": nothing
  // is expected of it.
  std::string standing;
  std::string words = {};
  std::vector<std::string> misses = {};  // what it should have reached; empty unless "bad"
};

// The runs differ in their seed only; those that failed have no score. Every seed has to do what is
// expected. One that solves the task, or reaches its ceiling, must also not pass a ceiling below
// the best (a leak), and fall, with the mechanism taken out, to what the model trained without it
// reaches or to the floor; bars hold for the median.
Verdict judge(const study::Task& task, std::optional<study::Expect> expect,
              const std::vector<const study::Run*>& runs);

// The level that a run is shown with: the task's, or what its ceiling leaves of it.
double threshold(const study::Task& task, const study::Run& run);

double median(std::vector<double> values);  // 0 without any

// Scores closer than this, relative to the distance between the score and guessing, count as equal.
inline constexpr double tie = 0.02;

}  // namespace heed::compare
