// Short trainings: levels, ceilings and ablations as the main program judges them, on the fastest
// tasks.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "autograd/threads.h"
#include "examples/tasks/task.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(training)

Outcome trained(const std::string& mechanism, const std::string& task,
                const std::string& variant = "", Index steps = 0) {
  Trial trial;
  trial.mechanism = mechanism;
  trial.task = task;
  trial.variant = variant;
  trial.steps = steps;
  return find_task(task).run(find_task(task), trial);
}

BOOST_AUTO_TEST_CASE(self_attention_reverses) {
  const Outcome outcome = trained("self", "reverse");
  BOOST_TEST(outcome.score >= 0.99);
  BOOST_TEST(outcome.ablated <= find_task("reverse").floor + 0.05);
  BOOST_TEST(outcome.overlap == 0);
  BOOST_TEST(outcome.steps_to_threshold > 0);
  BOOST_TEST(outcome.loss.front().second > 1.5);
  BOOST_TEST(outcome.loss.back().second < 0.1);
}

BOOST_AUTO_TEST_CASE(the_mean_in_its_place_stays_at_the_floor) {
  const Outcome outcome = trained("self", "reverse", "without");
  BOOST_TEST(std::abs(outcome.score - find_task("reverse").floor) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_window_sits_at_its_ceiling) {
  const Outcome outcome = trained("local", "reverse");
  BOOST_TEST(outcome.ceiling == 0.325, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(std::abs(outcome.score - outcome.ceiling) <= 0.02);
}

BOOST_AUTO_TEST_CASE(a_window_copies_with_fewer_multiply_adds) {
  const Outcome local = trained("local", "short-copy"), full = trained("self", "short-copy");
  BOOST_TEST(local.score >= 0.99);
  BOOST_TEST(full.score >= 0.99);
  BOOST_TEST(local.macs_per_step < full.macs_per_step);
}

BOOST_AUTO_TEST_CASE(trained_maps_point_at_the_source) {
  const Outcome outcome = trained("self", "reverse");
  BOOST_REQUIRE(!outcome.maps.empty());
  int right = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    std::vector<double> over_heads(16);
    for (const DrawnMap& map : outcome.maps) {
      BOOST_REQUIRE(map.values.at(i).size() == 16U);
      for (std::size_t j = 0; j < 16; ++j) over_heads[j] += map.values[i][j];
    }
    const auto strongest = std::ranges::max_element(over_heads) - over_heads.begin();
    right += strongest == static_cast<std::ptrdiff_t>(15 - i) ? 1 : 0;
  }
  BOOST_TEST(right >= 14);
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_a_bit) {
  for (const char* task : {"heads", "translation"}) {
    const std::string mechanism = task == std::string("heads") ? "multihead" : "cross";
    set_threads(1);
    const Outcome one = trained(mechanism, task, "", 12);
    set_threads(2);
    const Outcome two = trained(mechanism, task, "", 12);
    set_threads(1);
    BOOST_TEST((one.loss == two.loss));
    BOOST_TEST(one.score == two.score);
    BOOST_TEST(one.ablated == two.ablated);
  }
}

BOOST_AUTO_TEST_CASE(every_task_trains_a_few_steps) {
  for (const Task& task : all_tasks()) {
    for (const attention::Mechanism& row : attention::catalog()) {
      if (!task.accepts(row.as_mixer().can)) continue;
      Trial trial;
      trial.mechanism = row.name;
      trial.task = task.name;
      trial.steps = 3;
      trial.timing = true;
      const Outcome outcome = task.run(task, trial);
      BOOST_TEST(outcome.loss.size() == 3U, task.name << " " << row.name);
      BOOST_TEST(outcome.macs_per_step > 0U, task.name << " " << row.name);
      BOOST_TEST(outcome.parameters > 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(unknown_variants_are_refused) {
  BOOST_CHECK_THROW(trained("self", "reverse", "withuot"), ValueError);
  BOOST_CHECK_THROW(trained("self", "reverse", "heads=two"), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::tasks
