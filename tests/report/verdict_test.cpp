// The words about a mechanism on a task.
#include "examples/report/verdict.h"

#include <boost/test/unit_test.hpp>

using namespace heed::report;

namespace {

// Accuracy with chance .1, floor .25, level .99; `scores` NaN for failed runs.
Group group_of(const std::vector<double>& scores) {
  Group group;
  for (const double score : scores) {
    Run& run = group.runs.emplace_back();
    run.score = score;
    run.chance = 0.1;
    run.floor = 0.25;
    run.level = 0.99;
    run.ceiling = 1;
  }
  return group;
}

Group with(Group group, double Run::*field, double value) {
  for (Run& run : group.runs) run.*field = value;
  return group;
}

void says(const Group& group, Standing standing, const std::string& words) {
  const Verdict said = verdict(group);
  BOOST_TEST(said.words == words);
  BOOST_CHECK(said.standing == standing);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(verdicts)

BOOST_AUTO_TEST_CASE(level) {
  says(group_of({1, 0.99}), Standing::good, "Reaches its level in 2 of 2 seeds.");
  says(group_of({1, 0.9899, 1}), Standing::bad, "Misses its level in 1 of 3 seeds.");
  says(group_of({1, absent}), Standing::bad, "Misses its level in 1 of 2 seeds.");
  says(group_of({1}), Standing::good, "Reaches its level in 1 of 1 seed.");
  says(group_of({absent, absent}), Standing::bad, "No score: it failed in 2 of 2 seeds.");
  says(with(group_of({0.9}), &Run::level, absent), Standing::compared, "For comparison (1 seed).");
}

BOOST_AUTO_TEST_CASE(ceiling_below_the_level) {
  const auto local = [](const std::vector<double>& scores) {
    return with(group_of(scores), &Run::ceiling, 0.325);
  };
  says(local({0.32, 0.33}), Standing::good,
       "At its ceiling in 2 of 2 seeds: 0.325 is all it can reach.");
  says(with(local({0.32, 0.33}), &Run::level, 0.305), Standing::good,
       "At its ceiling in 2 of 2 seeds: 0.325 is all it can reach.");
  says(with(local({0.32, 0.36}), &Run::level, 0.305), Standing::bad,
       "Misses its level in 1 of 2 seeds.");  // a leak
  says(with(with(group_of({0.92}), &Run::ceiling, 0.97), &Run::level, 0.9), Standing::good,
       "Reaches its level in 1 of 1 seed.");  // the ceiling is no matter
  says(local({0.32, 0.30}), Standing::bad, "Misses its level in 1 of 2 seeds.");
  says(local({0.32, 0.36}), Standing::bad, "Misses its level in 1 of 2 seeds.");  // a leak
}

BOOST_AUTO_TEST_CASE(what_else_it_should_have_reached) {
  Group group = group_of({1});
  group.runs[0].misses = {"error: 0.2 is above 0.1", "more"};
  says(group, Standing::bad,
       "Reaches its level in 1 of 1 seed. But it misses error: 0.2 is above 0.1; more.");
}

BOOST_AUTO_TEST_CASE(taken_out) {
  const auto ablated = [](double left) { return with(group_of({1}), &Run::ablated, left); };
  const std::string reaches = "Reaches its level in 1 of 1 seed.";
  says(ablated(0.25), Standing::good,
       reaches + " Taken out, the score falls to the floor (0.250).");
  says(ablated(0.15), Standing::good,
       reaches + " Taken out, the score falls to the floor (0.150).");
  says(ablated(0.6), Standing::good, reaches + " Taken out, 0.600 is left.");
  says(ablated(0.999), Standing::good, reaches + " Taking it out changes nothing.");
}

BOOST_AUTO_TEST_CASE(trained_without) {
  says(with(group_of({1}), &Run::trained_without, 0.995), Standing::doubtful,
       "Reaches its level in 1 of 1 seed. A model trained without it does as well: the task does "
       "not need it.");
  says(with(group_of({1}), &Run::trained_without, 0.9), Standing::good,
       "Reaches its level in 1 of 1 seed.");
}

BOOST_AUTO_TEST_CASE(less_is_better) {
  Group group = group_of({0.03, 0.04});
  for (Run& run : group.runs) {
    run.higher_is_better = false;
    run.chance = 3;
    run.floor = 2;
    run.level = 0.05;
    run.ceiling = 0;
    run.ablated = 2.1;
  }
  says(group, Standing::good,
       "Reaches its level in 2 of 2 seeds. Taken out, the score falls to the floor (2.100).");
  group.runs[0].score = 0.06;
  BOOST_CHECK(verdict(group).standing == Standing::bad);
}

BOOST_AUTO_TEST_SUITE_END()
