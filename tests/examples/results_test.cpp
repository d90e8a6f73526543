#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "examples/compare/outcome_json.h"
#include "examples/compare/results.h"

namespace heed::inline HEED_REAL::compare {
namespace {

BOOST_AUTO_TEST_SUITE(results)

tasks::Outcome some_outcome() {
  tasks::Outcome outcome;
  outcome.settings.lr = 0.1 + 0.2;
  outcome.settings.steps = 123;
  outcome.score = 1.0 / 3;
  outcome.ablated = 0.1;
  outcome.details = {{"mass", 2.0 / 3}};
  outcome.parameters = 42;
  outcome.macs_per_step = 1ULL << 60;
  outcome.steps_to_threshold = 75;
  outcome.loss = {{0, 2.5}, {100, 1e-17}};
  outcome.maps = {{"a \"title\" </script>", "weights", {"r"}, {"c1", "c2"}, {{0.1, 0.9}}}};
  return outcome;
}

Comparison one_run(const std::optional<tasks::Outcome>& outcome) {
  Comparison made;
  made.entries = {{"self", "reverse", ""}, {"self", "reverse", "without"}};
  made.ms_per_step = {1.5, 0};
  tasks::Trial trial;
  trial.mechanism = "self";
  trial.task = "reverse";
  made.runs = {{0, trial, outcome, outcome ? 0 : 139, outcome ? "" : "=ended, by a \"signal\""}};
  trial.variant = "without";
  tasks::Outcome baseline;
  baseline.score = 0.25;
  made.runs.push_back({1, trial, baseline, 0, ""});
  return made;
}

BOOST_AUTO_TEST_CASE(an_outcome_survives_the_pipe_bit_for_bit) {
  const tasks::Outcome outcome = some_outcome();
  const std::string line = to_json_line(outcome);
  BOOST_TEST(line.find('\n') == std::string::npos);
  const tasks::Outcome again = from_json_line(line);
  BOOST_TEST(again.score == outcome.score);
  BOOST_TEST(again.settings.lr == outcome.settings.lr);
  BOOST_TEST(again.macs_per_step == outcome.macs_per_step);
  BOOST_TEST(again.details.at("mass") == outcome.details.at("mass"));
  BOOST_TEST((again.loss == outcome.loss));
  BOOST_TEST(again.maps.at(0).title == outcome.maps[0].title);
  BOOST_TEST((again.maps[0].values == outcome.maps[0].values));
  BOOST_TEST(to_json_line(again) == line);
}

BOOST_AUTO_TEST_CASE(half_a_result_is_refused) {
  const std::string line = to_json_line(some_outcome());
  BOOST_CHECK_THROW(from_json_line(line.substr(0, line.size() / 2)), FormatError);
  BOOST_CHECK_THROW(from_json_line(""), FormatError);
  BOOST_CHECK_THROW(from_json_line("{\"score\": 1}"), FormatError);
}

BOOST_AUTO_TEST_CASE(a_run_has_every_field) {
  const nlohmann::json results = results_json(one_run(some_outcome()), {});
  BOOST_REQUIRE(results.at("runs").size() == 1U);  // what is trained without is a field of it
  const nlohmann::json& run = results["runs"][0];
  for (const char* field : {"mechanism",
                            "task",
                            "seed",
                            "lr",
                            "steps",
                            "metric",
                            "higher_is_better",
                            "score",
                            "chance",
                            "floor",
                            "ceiling",
                            "ablated",
                            "trained_without",
                            "parameters",
                            "macs_per_step",
                            "peak_bytes",
                            "seconds",
                            "ms_per_step",
                            "threshold",
                            "steps_to_threshold",
                            "loss"}) {
    BOOST_TEST(run.contains(field), field << " is missing");
  }
  BOOST_TEST(run["score"] == 1.0 / 3);
  BOOST_TEST(run["trained_without"] == 0.25);
  BOOST_TEST(run["ms_per_step"] == 1.5);
  BOOST_TEST(run["threshold"] == 0.99);
  for (const char* part : {"heed", "machine", "protocol", "mechanisms", "tasks", "maps"}) {
    BOOST_TEST(results.contains(part), part << " is missing");
  }
}

BOOST_AUTO_TEST_CASE(a_threshold_that_was_not_reached_is_null) {
  tasks::Outcome outcome = some_outcome();
  outcome.steps_to_threshold = -1;
  BOOST_TEST(results_json(one_run(outcome), {})["runs"][0]["steps_to_threshold"].is_null());
}

BOOST_AUTO_TEST_CASE(a_failed_run_is_listed_with_its_reason) {
  const nlohmann::json results = results_json(one_run(std::nullopt), {});
  BOOST_TEST(results["runs"][0]["score"].is_null());
  BOOST_TEST(results["runs"][0]["error"] == "=ended, by a \"signal\"");
  BOOST_TEST(results["protocol"]["failed runs"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(cells_cannot_be_formulas) {
  BOOST_TEST(csv_cell("self") == "self");
  BOOST_TEST(csv_cell("=cmd()") == "'=cmd()");
  BOOST_TEST(csv_cell("+1") == "'+1");
  BOOST_TEST(csv_cell("-1") == "'-1");
  BOOST_TEST(csv_cell("@x") == "'@x");
  BOOST_TEST(csv_cell("a,b") == "\"a,b\"");
  BOOST_TEST(csv_cell("say \"a\"") == "\"say \"\"a\"\"\"");
  BOOST_TEST(csv_cell("=a,b") == "\"'=a,b\"");
}

BOOST_AUTO_TEST_CASE(the_csv_has_a_row_a_run) {
  const std::string csv = results_csv(results_json(one_run(std::nullopt), {}));
  BOOST_TEST(std::ranges::count(csv, '\n') == 2);
  BOOST_TEST(csv.starts_with("mechanism,variant,task,seed,"));
  BOOST_TEST(csv.find("\"'=ended, by a \"\"signal\"\"\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::inline HEED_REAL::compare
