#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "examples/compare/comparison.h"
#include "examples/compare/worker.h"

namespace heed::inline HEED_REAL::compare {
namespace {

BOOST_AUTO_TEST_SUITE(comparison)

// A comparison of one mechanism on one task with these scores, ablated to .2, beside a baseline of
// .24.
Comparison of(const std::string& mechanism, const std::string& task, std::vector<double> scores,
              double ceiling = 1) {
  Comparison made;
  made.entries = {{mechanism, task, ""}, {mechanism, task, "without"}};
  made.ms_per_step = {0, 0};
  std::uint64_t seed = 0;
  for (const double score : scores) {
    tasks::Trial trial;
    trial.mechanism = mechanism;
    trial.task = task;
    trial.seed = ++seed;
    tasks::Outcome outcome;
    outcome.score = score;
    outcome.ablated = 0.2;
    outcome.ceiling = ceiling;
    made.runs.push_back({0, trial, outcome, 0, ""});
    outcome.score = 0.24;
    trial.variant = "without";
    made.runs.push_back({1, trial, outcome, 0, ""});
  }
  return made;
}

BOOST_AUTO_TEST_CASE(good_runs_pass) {
  BOOST_TEST(misses(of("self", "reverse", {1.0, 0.995, 0.99}), 0).empty());
}

BOOST_AUTO_TEST_CASE(one_bad_seed_is_a_miss) {
  BOOST_TEST(misses(of("self", "reverse", {1.0, 0.989, 1.0}), 0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_score_that_is_no_number_is_a_miss) {
  BOOST_TEST(misses(of("self", "reverse", {std::nan("")}), 0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_failed_run_is_a_miss) {
  Comparison made = of("self", "reverse", {1.0, 1.0});
  made.runs[0].outcome.reset();
  BOOST_TEST(misses(made, 0).size() == 1U);
  made.runs.clear();
  BOOST_TEST(misses(made, 0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_low_ceiling_takes_the_place_of_the_level) {
  BOOST_TEST(misses(of("local", "reverse", {0.325, 0.31, 0.34}, 0.325), 0).empty());
  BOOST_TEST(misses(of("local", "reverse", {0.30}, 0.325), 0).size() == 1U);
  BOOST_TEST(misses(of("local", "reverse", {0.35}, 0.325), 0).size() == 1U);  // a leak
}

BOOST_AUTO_TEST_CASE(a_mechanism_that_contributes_nothing_is_a_miss) {
  Comparison made = of("self", "reverse", {1.0});
  made.runs[0].outcome->ablated = 1.0;
  BOOST_TEST(misses(made, 0).size() == 1U);
  made.runs[0].outcome->ablated = 0.28;  // within 0.05 of what is trained without
  BOOST_TEST(misses(made, 0).empty());
}

BOOST_AUTO_TEST_CASE(bars_hold_for_the_median) {
  Comparison made = of("cross", "translation", {1.0, 1.0, 1.0});
  const double errors[] = {0.05, 0.2, 0.08};
  for (std::size_t i = 0; i < 3; ++i)
    made.runs[2 * i].outcome->details["alignment error"] = errors[i];
  BOOST_TEST(misses(made, 0).empty());
  made.runs[0].outcome->details["alignment error"] = 0.3;
  BOOST_TEST(misses(made, 0).size() == 1U);
}

BOOST_AUTO_TEST_CASE(every_mechanism_has_a_task_that_takes_it) {
  const std::vector<Entry> entries = plan({});
  std::set<std::string> planned;
  for (const Entry& entry : entries) {
    if (entry.judged()) planned.insert(entry.mechanism);
    BOOST_TEST(
        tasks::find_task(entry.task).accepts(attention::find(entry.mechanism).as_mixer().can));
  }
  BOOST_TEST(planned.size() == attention::catalog().size());
}

BOOST_AUTO_TEST_CASE(every_judged_entry_has_a_baseline) {
  Comparison made;
  made.entries = plan({});
  for (std::size_t i = 0; i < made.entries.size(); ++i) {
    if (made.entries[i].judged()) BOOST_TEST(made.variant_of(i, "without").has_value());
  }
}

BOOST_AUTO_TEST_CASE(unknown_names_get_a_suggestion) {
  const auto suggests = [](const std::string& name) {
    return [name](const ValueError& error) {
      return std::string(error.what()).find("'" + name + "'") != std::string::npos;
    };
  };
  Options options;
  options.modes = {"multihed"};
  BOOST_CHECK_EXCEPTION(plan(options), ValueError, suggests("multihead"));
  BOOST_CHECK_EXCEPTION(tasks::find_task("translatoin"), ValueError, suggests("translation"));
}

BOOST_AUTO_TEST_CASE(a_trial_survives_the_command_line) {
  tasks::Trial trial;
  trial.mechanism = "local";
  trial.task = "short-copy";
  trial.variant = "without";
  trial.seed = 12345678901234567890ULL;
  trial.steps = 17;
  trial.lr = 0.1 + 0.2;
  trial.data_dir = "a folder";
  trial.timing = true;
  const tasks::Trial again = trial_of(worker_arguments(trial));
  BOOST_TEST(again.mechanism == trial.mechanism);
  BOOST_TEST(again.task == trial.task);
  BOOST_TEST(again.variant == trial.variant);
  BOOST_TEST(again.seed == trial.seed);
  BOOST_TEST(again.steps == trial.steps);
  BOOST_TEST(again.lr == trial.lr);
  BOOST_TEST(again.data_dir == trial.data_dir);
  BOOST_TEST(again.timing);
  BOOST_CHECK_THROW(trial_of({"worker", "local"}), ValueError);
  BOOST_CHECK_THROW(trial_of({"worker", "a", "b", "", "x", "1", "1", "", "training"}), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::compare
