// What is said of a mechanism on a task, and what it misses.
#include "examples/compare/verdict.h"

#include <boost/test/unit_test.hpp>

namespace heed::compare {
namespace {

using study::absent;
using study::Expect;
using study::Run;
using study::Task;

BOOST_AUTO_TEST_SUITE(verdicts)

Task accuracy_task() { return {.name = "t", .chance = 0.1, .floor = 0.25, .level = 0.99}; }

// Runs that fall to the floor when the mechanism is taken out; NaN for failed ones.
std::vector<Run> runs_with(const std::vector<double>& scores, double ceiling = 1) {
  std::vector<Run> runs;
  for (const double score : scores) {
    Run& run = runs.emplace_back();
    run.seed = runs.size();
    run.score = score;
    run.floor = 0.25;
    run.ceiling = ceiling;
    run.ablated = 0.2;
  }
  return runs;
}

std::vector<Run> with(std::vector<Run> runs, double Run::*field, double value) {
  for (Run& run : runs) run.*field = value;
  return runs;
}

Verdict judged(const std::vector<Run>& runs, std::optional<Expect> expect = Expect::solves,
               const Task& task = accuracy_task()) {
  std::vector<const Run*> pointers;
  for (const Run& run : runs) pointers.push_back(&run);
  return judge(task, expect, pointers);
}

void says(const Verdict& said, const std::string& standing, const std::string& words) {
  BOOST_TEST(said.words == words);
  BOOST_TEST(said.standing == standing);
  BOOST_TEST(said.misses.empty() == (standing != "bad"));
}

const std::string fallen = " Taken out, the score falls to the floor (0.200).";

BOOST_AUTO_TEST_CASE(level) {
  says(judged(runs_with({1, 0.99})), "good", "Reaches its level in 2 of 2 seeds." + fallen);
  says(judged(runs_with({1, 0.9899, 1})), "bad", "Misses its level in 1 of 3 seeds." + fallen);
  says(judged(runs_with({1, absent})), "bad", "Misses its level in 1 of 2 seeds." + fallen);
  says(judged(runs_with({1})), "good", "Reaches its level in 1 of 1 seed." + fallen);
  says(judged(runs_with({absent, absent})), "bad", "No score: it failed in 2 of 2 seeds.");
  says(judged(runs_with({0.9}), std::nullopt), "compared", "For comparison (1 seed)." + fallen);
  BOOST_TEST(judged({}).misses.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ceiling_below_the_level) {
  const auto local = [](const std::vector<double>& scores) {
    return judged(runs_with(scores, 0.325), Expect::ceiling);
  };
  says(local({0.32, 0.33}), "good",
       "At its ceiling in 2 of 2 seeds: 0.325 is all it can reach." + fallen);
  BOOST_TEST(local({0.30}).misses.size() == 1U);
  BOOST_TEST(local({0.35}).misses.size() == 1U);  // a leak
  says(local({0.32, 0.36}), "bad", "Misses its level in 1 of 2 seeds." + fallen);
  Task task = accuracy_task();
  task.level = 0.9;
  BOOST_TEST(judged(runs_with({0.92}, 0.97), Expect::solves, task).misses.empty());
}

BOOST_AUTO_TEST_CASE(bars_hold_for_the_median) {
  Task task = accuracy_task();
  task.bars = {{.detail = "error", .limit = 0.1, .at_most = true}};
  std::vector<Run> runs = runs_with({1, 1, 1});
  const double errors[] = {0.05, 0.2, 0.08};
  for (std::size_t i = 0; i < 3; ++i) runs[i].details["error"] = errors[i];
  BOOST_TEST(judged(runs, Expect::solves, task).misses.empty());
  runs[0].details["error"] = 0.3;
  says(judged(runs, Expect::solves, task), "bad",
       "Reaches its level in 3 of 3 seeds. But it misses error: 0.2000 is above 0.1000." + fallen);
}

BOOST_AUTO_TEST_CASE(a_mechanism_that_contributes_nothing_is_a_miss) {
  const auto ablated = [](double left) { return with(runs_with({1}), &Run::ablated, left); };
  says(judged(ablated(0.29)), "good",
       "Reaches its level in 1 of 1 seed. Taken out, the score falls to the floor (0.290).");
  BOOST_TEST(judged(ablated(0.6)).misses.size() == 1U);
  BOOST_TEST(judged(ablated(absent)).misses.size() == 1U);
  // What is trained without reaches as much.
  says(judged(with(with(ablated(0.6), &Run::trained_without, 0.58), &Run::floor, 0.58)), "good",
       "Reaches its level in 1 of 1 seed. Taken out, the score falls to the floor (0.600).");
  BOOST_TEST(judged(ablated(0.999)).words.find("Taking it out changes nothing.") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(trained_without) {
  says(judged(with(runs_with({1}), &Run::trained_without, 0.995)), "doubtful",
       "Reaches its level in 1 of 1 seed." + fallen +
           " A model trained without it does as well: the task does not need it.");
  says(judged(with(runs_with({1}), &Run::trained_without, 0.9)), "good",
       "Reaches its level in 1 of 1 seed." + fallen);
}

BOOST_AUTO_TEST_CASE(what_is_expected_to_fall_short) {
  says(judged(runs_with({0.3, 0.4}), Expect::fails), "good",
       "Expected to fail: 0.350 in the median.");
  BOOST_TEST(judged(runs_with({0.3, 0.7}), Expect::fails).misses.size() == 1U);
  says(judged(runs_with({0.6, 0.98}), Expect::partly), "good",
       "Expected to get part of the way: 0.790 in the median.");
  BOOST_TEST(judged(runs_with({0.6, 0.99}), Expect::partly).misses.size() == 1U);
  BOOST_TEST(judged(runs_with({0.6, 0.25}), Expect::partly).misses.size() == 1U);
}

BOOST_AUTO_TEST_CASE(less_is_better) {
  Task task{.name = "t", .better = study::Better::lower, .chance = 3, .floor = 2, .level = 0.05};
  std::vector<Run> runs = runs_with({0.03, 0.04}, 0);
  for (Run& run : runs) {
    run.floor = 2;
    run.ablated = 2.1;
  }
  says(judged(runs, Expect::solves, task), "good",
       "Reaches its level in 2 of 2 seeds. Taken out, the score falls to the floor (2.100).");
  runs[0].score = 0.06;
  BOOST_TEST(judged(runs, Expect::solves, task).misses.size() == 1U);
  runs[0].score = 0.03;
  runs[0].ablated = 0.5;
  BOOST_TEST(judged(runs, Expect::solves, task).misses.size() == 1U);
  BOOST_TEST(judged(with(runs, &Run::score, 1.9), Expect::fails, task).misses.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::compare
