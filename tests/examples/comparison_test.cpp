// Which runs there are, and what follows from several of them.
#include "examples/compare/comparison.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

namespace heed::compare {
namespace {

BOOST_AUTO_TEST_SUITE(comparison)

// The names of the entries: "local on reverse", "multihead on heads, one head".
std::set<std::string> names(const std::vector<Entry>& entries) {
  std::set<std::string> all;
  for (const Entry& entry : entries) {
    std::string name = entry.listed.mechanism + " on " + entry.task->name;
    if (!entry.listed.label.empty()) name += ", " + entry.listed.label;
    all.insert(name);
  }
  return all;
}

auto says(const std::string& words) {
  return [words](const ValueError& error) {
    return std::string(error.what()).find(words) != std::string::npos;
  };
}

BOOST_AUTO_TEST_CASE(every_mechanism_is_judged_on_a_task_that_takes_it) {
  std::set<std::string> planned;
  for (const Entry& entry : plan({}).entries) {
    if (entry.judged) planned.insert(entry.listed.mechanism);
    BOOST_TEST(study::why_not(*entry.task, entry.listed.mechanism) == "");
  }
  for (const auto& row : attention::catalog()) {
    BOOST_TEST(planned.contains(std::string(row.name)), row.name << " is on no task");
  }
}

BOOST_AUTO_TEST_CASE(records_explain_what_is_not_the_plain_run) {
  for (const study::Task& task : tasks::all()) {
    for (const auto* runs : {&task.runs, &task.beside}) {
      for (const study::Listed& one : *runs) {
        const bool plain = one.label.empty() && one.expect == study::Expect::solves;
        BOOST_TEST((plain || !one.why.empty()), task.name << " " << one.mechanism << one.label);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_run_that_has_to_solve_its_task_shares_one_without_its_mechanism) {
  const std::vector<Entry> entries = plan({}).entries;
  std::multiset<std::pair<std::size_t, bool>> trials;
  for (const PlannedTrial& one : trials_of(entries, {.seeds = 1})) {
    trials.insert({one.entry, one.trial.without});
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    BOOST_TEST(trials.count({i, false}) == 1U);
    const study::Expect expect = entries[i].listed.expect;
    const bool has_to = entries[i].judged && (expect == study::Expect::solves ||
                                              expect == study::Expect::ceiling);
    std::size_t trained = 0;
    for (std::size_t j = 0; j < entries.size(); ++j) {
      if (same_without(entries[i], entries[j])) trained += trials.count({j, true});
    }
    if (has_to) BOOST_TEST(trained == 1U, entries[i].task->name << entries[i].listed.label);
    if (!has_to) BOOST_TEST(trials.count({i, true}) == 0U);
  }
}

BOOST_AUTO_TEST_CASE(models_without_a_mechanism_differ_by_task_and_settings) {
  study::Task task = tasks::find("reverse");
  const study::Task& other = tasks::find("heads");
  const Entry one{&task, {.mechanism = "multihead"}, true};
  Entry changed{&task, {.mechanism = "local", .options = {{"window", 5}}}, true};
  BOOST_TEST(same_without(one, changed));
  BOOST_TEST(!same_without(one, Entry{&other, {.mechanism = "multihead"}, true}));
  task.ablation = study::Ablation::own;  // leaves more than the mean
  BOOST_TEST(!same_without(one, changed));
  task.ablation = study::Ablation::zero;
  changed.listed.settings = {{"steps", 5}};
  BOOST_TEST(!same_without(one, changed));
}

BOOST_AUTO_TEST_CASE(modes_and_tasks_choose) {
  BOOST_TEST((names(plan({.modes = {"local"}}).entries) ==
              std::set<std::string>{"local on flag", "local on mixed", "local on reverse",
                                        "local on short-copy"}));
  BOOST_TEST((names(plan({.modes = {"local"}, .tasks = {"reverse"}}).entries) ==
              std::set<std::string>{"local on reverse"}));
  BOOST_TEST((names(plan({.tasks = {"heads"}}).entries) ==
              std::set<std::string>{"grouped on heads", "multihead on heads",
                                    "multihead on heads, one head",
                                    "multihead on heads, two heads"}));
}

BOOST_AUTO_TEST_CASE(a_mechanism_runs_where_the_user_says) {
  const Plan made = plan({.modes = {"local"}, .tasks = {"recall"}});
  BOOST_REQUIRE(made.entries.size() == 1U);
  BOOST_TEST(!made.entries[0].judged);
  BOOST_CHECK_EXCEPTION(plan({.modes = {"local"}, .tasks = {"dates"}}), ValueError,
                        says("[local] cannot run on dates: it takes no context"));
}

BOOST_AUTO_TEST_CASE(all_are_those_that_can) {
  const Plan made = plan({.modes = {"all"}, .tasks = {"recall"}});
  std::set<std::string> there;
  for (const Entry& entry : made.entries) there.insert(entry.listed.mechanism);
  BOOST_TEST(there.size() + made.refused.size() == attention::catalog().size());
  BOOST_TEST(there.contains("local"));
  BOOST_TEST(!there.contains("pooling"));
  for (const std::string& refused : made.refused) {
    BOOST_TEST(refused.find(" on recall: it ") != std::string::npos, refused);
  }
}

BOOST_AUTO_TEST_CASE(options_and_settings_are_changed_by_name) {
  const Plan made = plan({.modes = {"local"}, .tasks = {"reverse"},
                          .set = {"local.window=5", "reverse.layers=2"}});
  BOOST_REQUIRE(made.entries.size() == 1U);
  BOOST_TEST(!made.entries[0].judged);  // the record says nothing about it
  BOOST_TEST(made.entries[0].listed.label == "window=5, layers=2");
  const study::Trial trial = trials_of(made.entries, {.seeds = 1})[0].trial;
  BOOST_TEST(trial.options.at("window") == 5);
  BOOST_TEST(trial.settings.layers == 2);
  const auto refused = [](const std::string& change) {
    return plan({.modes = {"local"}, .set = {change}});
  };
  BOOST_CHECK_EXCEPTION(refused("local.windwo=5"), ValueError, says("'window'"));
  BOOST_CHECK_EXCEPTION(refused("locla.window=5"), ValueError, says("'local'"));
  BOOST_CHECK_EXCEPTION(refused("reverse.lyers=5"), ValueError, says("'layers'"));
  BOOST_CHECK_EXCEPTION(refused("reverse.layers=0"), ValueError, says("at least 1"));
  BOOST_CHECK_EXCEPTION(refused("heads.layers=2"), ValueError, says("no run uses"));
  BOOST_CHECK_EXCEPTION(refused("local.window"), ValueError, says("NAME.OPTION=NUMBER"));
  BOOST_CHECK_EXCEPTION(refused("local.window=five"), ValueError, says("NAME.OPTION=NUMBER"));
}

BOOST_AUTO_TEST_CASE(a_choice_goes_by_its_name) {
  const auto made = [](const std::string& change) {
    return plan({.modes = {"local"}, .tasks = {"reverse"}, .set = {change}}).entries[0].listed;
  };
  for (const char* change : {"local.positions=rotary", "local.positions=1"}) {
    BOOST_TEST(made(change).label == "positions=rotary");
    BOOST_TEST(made(change).options.at("positions") == 1);
  }
  BOOST_CHECK_EXCEPTION(made("local.positions=rotory"), ValueError,
                        says("[set] local.positions is one of none, rotary, alibi, relative, t5, "
                             "not 'rotory'\nhint: did you mean 'rotary'?"));
}

BOOST_AUTO_TEST_CASE(unknown_names_get_a_suggestion) {
  BOOST_CHECK_EXCEPTION(plan({.modes = {"multihed"}}), ValueError, says("'multihead'"));
  BOOST_CHECK_EXCEPTION(plan({.tasks = {"translatoin"}}), ValueError, says("'translation'"));
}

BOOST_AUTO_TEST_CASE(the_floor_is_the_best_that_was_possible_without) {
  const study::Task& task = tasks::find("reverse");
  study::Listed short_of_it{.mechanism = "local", .settings = {{"steps", 9}},
                            .expect = study::Expect::fails};
  Comparison made;
  made.entries = {{&task, task.runs[0], true}, {&task, task.runs[1], true},
                  {&task, short_of_it, true}};
  const auto add = [&](std::size_t entry, bool without, std::uint64_t seed, double score) {
    Done done{.entry = entry, .without = without};
    done.run.seed = seed;
    done.run.score = score;
    done.run.ceiling = 1;
    done.run.details["first"] = score / 2;
    made.done.push_back(done);
  };
  for (const std::size_t entry : {0U, 1U, 2U}) add(entry, false, 1, 1);
  add(0, true, 1, 0.2);
  conclude(made);
  const auto first = [&](std::size_t entry) { return made.runs_of(entry)[0]->run; };
  BOOST_TEST(first(0).floor == task.floor);  // better than the trained one
  add(0, true, 2, 0.3);
  conclude(made);
  for (const std::size_t entry : {0U, 1U, 2U}) BOOST_TEST(first(entry).floor == 0.3);
  for (const std::size_t entry : {0U, 1U}) {
    BOOST_TEST(first(entry).trained_without == 0.2);
    BOOST_TEST(first(entry).details_trained_without.at("first") == 0.1);
  }
  BOOST_TEST(!std::isfinite(first(2).trained_without));  // other settings
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::compare
