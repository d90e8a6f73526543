#include "examples/compare/results.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "examples/compare/choice_gradients.h"
#include "examples/study/run_json.h"

namespace heed::compare {
namespace {

BOOST_AUTO_TEST_SUITE(results)

study::Run some_run() {
  study::Run run;
  run.mechanism = "self";
  run.task = "reverse";
  run.seed = 12345678901234567890ULL;
  run.lr = 0.1 + 0.2;
  run.steps = 123;
  run.score = 1.0 / 3;
  run.ablated = 0.1;
  run.ceiling = 1;
  run.details = {{"mass", 2.0 / 3}};
  run.parameters = 42;
  run.macs_per_step = 1ULL << 60;
  run.steps_to_threshold = 75;
  run.loss = {{0, 2.5}, {100, 1e-17}};
  return run;
}

study::Found some_found() {
  study::DrawnMap map;
  map.title = "a \"title\" </script>";
  map.kind = "weights";
  map.rows = {"r"};
  map.cols = {"c1", "c2"};
  map.values = {{0.1, 0.9}};
  return {some_run(), {map}};
}

// One judged entry with one run, and the same trained without.
Comparison one_run(const study::Run& run) {
  Comparison made;
  const study::Task& task = tasks::find("reverse");
  made.entries = {{&task, task.runs[1], true}};
  made.ms_per_step = {1.5};
  made.busy = {2};
  made.done = {{.entry = 0, .without = false, .run = run}};
  study::Run baseline;
  baseline.seed = run.seed;
  baseline.score = 0.25;
  made.done.push_back({.entry = 0, .without = true, .run = baseline});
  conclude(made);
  return made;
}

study::Run failed() {
  study::Run run;
  run.mechanism = "self";
  run.task = "reverse";
  run.error = "=ended, by a \"signal\"";
  return run;
}

BOOST_AUTO_TEST_CASE(what_was_found_survives_the_pipe_bit_for_bit) {
  const study::Found found = some_found();
  const std::string line = study::to_json_line(found);
  BOOST_TEST(line.find('\n') == std::string::npos);
  const study::Found again = study::found_of(line);
  BOOST_TEST(again.run.score == found.run.score);
  BOOST_TEST(again.run.lr == found.run.lr);
  BOOST_TEST(again.run.seed == found.run.seed);
  BOOST_TEST(again.run.macs_per_step == found.run.macs_per_step);
  BOOST_TEST(again.run.details.at("mass") == found.run.details.at("mass"));
  BOOST_TEST((again.run.loss == found.run.loss));
  BOOST_TEST(again.maps.at(0).title == found.maps[0].title);
  BOOST_TEST((again.maps[0].values == found.maps[0].values));
  BOOST_TEST(study::to_json_line(again) == line);
}

BOOST_AUTO_TEST_CASE(half_a_result_is_refused) {
  const std::string line = study::to_json_line(some_found());
  BOOST_CHECK_THROW(study::found_of(line.substr(0, line.size() / 2)), FormatError);
  BOOST_CHECK_THROW(study::found_of(""), FormatError);
  BOOST_CHECK_THROW(study::found_of("{\"score\": 1}"), FormatError);
}

BOOST_AUTO_TEST_CASE(a_trial_survives_the_command_line) {
  study::Trial trial;
  trial.mechanism = "local";
  trial.task = "short-copy";
  trial.label = "window=5";
  trial.seed = 12345678901234567890ULL;
  trial.settings.steps = 17;
  trial.settings.lr = 0.1 + 0.2;
  trial.settings.causal = true;
  trial.options = {{"window", 5}};
  trial.data_dir = "a \"folder\"";
  trial.without = true;
  trial.timing = true;
  const study::Trial again = study::trial_of(study::to_json_line(trial));
  BOOST_TEST(again.mechanism == trial.mechanism);
  BOOST_TEST(again.task == trial.task);
  BOOST_TEST(again.label == trial.label);
  BOOST_TEST(again.seed == trial.seed);
  BOOST_TEST(again.settings.steps == trial.settings.steps);
  BOOST_TEST(again.settings.lr == trial.settings.lr);
  BOOST_TEST(again.settings.causal);
  BOOST_TEST((again.options == trial.options));
  BOOST_TEST(again.data_dir == trial.data_dir);
  BOOST_TEST(again.without);
  BOOST_TEST(again.timing);
  BOOST_TEST(study::to_json_line(again) == study::to_json_line(trial));
  BOOST_CHECK_THROW(study::trial_of("local"), ValueError);
  BOOST_CHECK_THROW(study::trial_of("{\"mechanism\": \"local\"}"), ValueError);
}

BOOST_AUTO_TEST_CASE(a_run_has_every_field) {
  const nlohmann::json results = results_json(one_run(some_run()), {});
  BOOST_REQUIRE(results.at("runs").size() == 1U);  // what is trained without is a field of it
  const nlohmann::json& run = results["runs"][0];
  for (const char* field :
       {"mechanism", "task", "seed", "lr", "steps", "metric", "higher_is_better", "score", "chance",
        "floor", "ceiling", "ablated", "trained_without", "parameters", "macs_per_step",
        "peak_bytes", "seconds", "ms_per_step", "threshold", "steps_to_threshold", "loss"}) {
    BOOST_TEST(run.contains(field), field << " is missing");
  }
  BOOST_TEST(run["score"] == 1.0 / 3);
  BOOST_TEST(run["trained_without"] == 0.25);
  BOOST_TEST(run["floor"] == 0.25);  // better than the computed one
  BOOST_TEST(run["ms_per_step"] == 1.5);
  BOOST_TEST(run["threshold"] == 0.99);
  BOOST_TEST(run["expected"] == "solves");
  BOOST_TEST(run["standing"] == "bad");
  BOOST_TEST(!run["verdict"].get<std::string>().empty());
  for (const char* part : {"heed", "machine", "protocol", "mechanisms", "tasks", "maps"}) {
    BOOST_TEST(results.contains(part), part << " is missing");
  }
}

BOOST_AUTO_TEST_CASE(what_becomes_what_is_told_with_its_proof) {
  const nlohmann::json results = results_json(one_run(some_run()), {});
  bool found = false;
  for (const nlohmann::json& one : results["reductions"]) {
    if (one["from"] != "local" || one["to"] != "multihead") continue;
    found = true;
    BOOST_TEST(one["when"] == "window >= T - 1");
    BOOST_TEST(one["proof"] == "reductions/local/multihead");
  }
  BOOST_TEST(found);
}

// The figures in the note of `dot` (attention/dense/multi_head_forms.h), within four standard
// errors of 2000 queries.
BOOST_AUTO_TEST_CASE(gradients_of_scores_are_those_of_the_note) {
  const nlohmann::json found = results_json(one_run(some_run()), {})["score_gradients"];
  const std::vector<std::vector<double>> note{
      {8, 0.0414, 0.0016}, {32, 0.0241, 0.0015}, {128, 0.0129, 0.0012}};
  BOOST_REQUIRE(found.size() == note.size());
  for (std::size_t i = 0; i < note.size(); ++i) {
    BOOST_TEST(found[i]["size"] == note[i][0]);
    BOOST_TEST(std::abs(found[i]["plain"].get<double>() - note[i][1]) < 4 * note[i][2]);
    BOOST_TEST(std::abs(found[i]["scaled"].get<double>() - 0.0578) < 4 * 0.0011);
  }
}

// REINFORCE is right in every coordinate, with so many draws that a standard error is at most 2 %
// of the gradient; what is taken from the rewards changes its noise alone. What lets the gradient
// through is quieter and wrong.
BOOST_AUTO_TEST_CASE(gradients_through_a_choice_are_right_or_known_to_be_wrong) {
  std::map<std::string, ChoiceGradient> all;
  for (const ChoiceGradient& found : choice_gradients()) all[found.name] = found;
  BOOST_REQUIRE(all.size() == 7U);
  for (const auto& [name, found] : all) {
    BOOST_TEST_MESSAGE(name << ": bias " << found.bias << " +- " << found.error << ", noise "
                            << found.noise << ", worst " << found.worst);
    BOOST_TEST(found.coarsest <= 0.02, name);
    if (name.starts_with("REINFORCE")) {
      BOOST_TEST(found.worst < 4, name);
    } else {
      BOOST_TEST(found.worst > 8, name);
      BOOST_TEST(found.bias > 0.05, name);
    }
  }
  const auto noise = [&](const char* name) { return all.at(name).noise; };
  BOOST_TEST(noise("REINFORCE, running baseline") < noise("REINFORCE, no baseline") * 0.7);
  BOOST_TEST(noise("REINFORCE, optimal baseline") < noise("REINFORCE, running baseline"));
  BOOST_TEST(noise("REINFORCE, learned baseline") < noise("REINFORCE, running baseline"));
  BOOST_TEST(noise("Gumbel-softmax, tau 2") < noise("Gumbel-softmax, tau 0.5"));
  BOOST_TEST(all.at("Gumbel-softmax, tau 0.5").bias < all.at("Gumbel-softmax, tau 2").bias);
  const nlohmann::json told = results_json(one_run(some_run()), {})["choice_gradients"];
  BOOST_REQUIRE(told.size() == 7U);
  BOOST_TEST(told[0]["noise"] == all.at(told[0]["name"]).noise);
}

BOOST_AUTO_TEST_CASE(the_words_about_a_task_come_from_its_record) {
  const nlohmann::json results = results_json(one_run(some_run()), {});
  const nlohmann::json& task = results["tasks"][0];
  BOOST_TEST(task["training"] == study::words(tasks::find("reverse").settings));
  BOOST_TEST(task["ablation"] == study::words(tasks::find("reverse").ablation));
  BOOST_TEST(task["shown"] == nlohmann::json(tasks::find("reverse").shown));
  BOOST_TEST(study::words(tasks::find("free-running").ablation) !=
             study::words(tasks::find("reverse").ablation));
}

BOOST_AUTO_TEST_CASE(a_busy_machine_is_told) {
  Comparison made = one_run(some_run());
  BOOST_TEST(results_json(made, {})["protocol"].contains(
      "the machine was busy while these were timed"));
  made.busy = {1.1};
  BOOST_TEST(busy_entries(made).empty());
}

BOOST_AUTO_TEST_CASE(a_threshold_that_was_not_reached_is_null) {
  study::Run run = some_run();
  run.steps_to_threshold = study::absent;
  BOOST_TEST(results_json(one_run(run), {})["runs"][0]["steps_to_threshold"].is_null());
}

BOOST_AUTO_TEST_CASE(a_failed_run_is_listed_with_its_reason) {
  const nlohmann::json results = results_json(one_run(failed()), {});
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
  const std::string csv = results_csv(results_json(one_run(failed()), {}));
  BOOST_TEST(std::ranges::count(csv, '\n') == 2);
  BOOST_TEST(csv.starts_with("mechanism,label,task,seed,"));
  BOOST_TEST(csv.find("\"'=ended, by a \"\"signal\"\"\"") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::compare
