// Short trainings: levels, ceilings and ablations as the main program judges them, on the fastest
// tasks.

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/dense/multi_head.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "autograd/threads.h"
#include "examples/study/train.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(training)

study::Found trained(const std::string& mechanism, const std::string& task, bool without = false,
                    Index steps = 0) {
  study::Trial trial = study::trial_of(find(task), {.mechanism = mechanism});
  trial.without = without;
  if (steps > 0) trial.settings.steps = steps;
  return study::train(find(task), trial);
}

void solves_and_needs_it(const study::Task& task, const study::Run& run) {
  BOOST_TEST(run.score >= task.level, run.mechanism << " on " << run.task << ": " << run.score);
  BOOST_TEST(run.ablated <= task.floor + 0.05,
             run.mechanism << " on " << run.task << ", taken out: " << run.ablated);
}

BOOST_AUTO_TEST_CASE(self_attention_reverses) {
  const study::Run outcome = trained("self", "reverse").run;
  BOOST_TEST(outcome.score >= 0.99);
  BOOST_TEST(outcome.ablated <= find("reverse").floor + 0.05);
  BOOST_TEST(outcome.overlap == 0);
  BOOST_TEST(outcome.steps_to_threshold > 0);
  BOOST_TEST(outcome.loss.front().value > 1.5);
  BOOST_TEST(outcome.loss.back().value < 0.1);
}

// Multi-head attention that always makes the matrix of its weights.
class ByTheMatrix : public attention::Mixer {
 public:
  ByTheMatrix(const attention::MixerShape& shape, Generator& rng)
      : heads_(part<attention::MultiHead>(
            attention::MultiHeadOptions{.width = shape.width, .heads = shape.heads}, rng)) {}
  attention::Mixed mix(const attention::MixerInput& input) const override {
    const attention::ScoreShift nothing({Tensor::scalar(0)});
    return heads_.mix(input);
  }

 private:
  attention::MultiHead& heads_;
};

// What is exact but cheaper learns the same: the kernel and the tiles of flash, step by step.
BOOST_AUTO_TEST_CASE(flash_learns_as_the_matrix_does) {
  const auto losses = [](auto make_mixer) {
    const study::Task& task = find("reverse");
    Generator start(1), samples(2);
    const auto made =
        task.make({.settings = task.settings, .name = "flash", .make_mixer = make_mixer}, start);
    std::vector<double> found;
    for (int step = 0; step < 40; ++step) {
      made->draw(8, study::Split::train, samples);
      const std::vector<Parameter> parameters = made->parameters();
      for (const Parameter& one : parameters) one.value.zero_grad();
      const Tensor loss = made->loss();
      found.push_back(static_cast<double>(loss.item()));
      loss.backward();
      const NoGrad off;
      for (const Parameter& one : parameters) {
        if (one.value.grad().defined()) one.value.assign(one.value - one.value.grad() * 0.1);
      }
    }
    return found;
  };
  const auto flash = [&](double tile) {
    return losses([tile](const attention::MixerShape& shape, Generator& rng) {
      return study::make_mixer("flash", {{"tile", tile}}, shape, rng);
    });
  };
  const std::vector<double> matrix =
      losses([](const attention::MixerShape& shape, Generator& rng) {
        return std::make_unique<ByTheMatrix>(shape, rng);
      });
  BOOST_TEST(matrix.back() < 0.95 * matrix.front());
  for (const double tile : {0.0, 5.0}) {
    const std::vector<double> same = flash(tile);
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      BOOST_TEST(std::abs(same[i] - matrix[i]) < 1e-4 * matrix[i], "step " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_mean_in_its_place_stays_at_the_floor) {
  const study::Run outcome = trained("self", "reverse", true).run;
  BOOST_TEST(std::abs(outcome.score - find("reverse").floor) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_window_sits_at_its_ceiling) {
  const study::Run outcome = trained("local", "reverse").run;
  BOOST_TEST(outcome.ceiling == 0.325, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(std::abs(outcome.score - outcome.ceiling) <= 0.02);
}

BOOST_AUTO_TEST_CASE(a_window_copies_with_fewer_multiply_adds) {
  const study::Run local = trained("local", "short-copy").run,
                   full = trained("self", "short-copy").run;
  BOOST_TEST(local.score >= 0.99);
  BOOST_TEST(full.score >= 0.99);
  BOOST_TEST(local.macs_per_step < full.macs_per_step);
}

BOOST_AUTO_TEST_CASE(trained_maps_point_at_the_source) {
  const study::Found outcome = trained("self", "reverse");
  BOOST_REQUIRE(!outcome.maps.empty());
  int right = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    std::vector<double> over_heads(16);
    for (const study::DrawnMap& map : outcome.maps) {
      BOOST_REQUIRE(map.values.at(i).size() == 16U);
      for (std::size_t j = 0; j < 16; ++j) over_heads[j] += map.values[i][j];
    }
    const auto strongest = std::ranges::max_element(over_heads) - over_heads.begin();
    right += strongest == static_cast<std::ptrdiff_t>(15 - i) ? 1 : 0;
  }
  BOOST_TEST(right >= 14);
}

BOOST_AUTO_TEST_CASE(an_angle_finds_what_a_product_misses) {
  const study::Run angle = trained("cosine", "directions").run,
                   product = trained("scaled-dot", "directions").run;
  const study::Task& task = find("directions");
  solves_and_needs_it(task, angle);
  BOOST_TEST(angle.details.at("mass on the item") >= 0.9);
  BOOST_TEST(product.score <= 0.7);
}

// A run of a task's record, by its place there.
study::Run listed(const study::Task& task, std::size_t which) {
  return study::train(task, study::trial_of(task, task.runs.at(which))).run;
}

BOOST_AUTO_TEST_CASE(a_memory_answers_as_far_as_it_reaches) {
  const study::Task& task = find("segments");
  const study::Run two_segments = listed(task, 0), one = listed(task, 1), none = listed(task, 2);
  BOOST_TEST(two_segments.score >= task.level);
  BOOST_TEST(two_segments.ablated <= task.floor);
  BOOST_TEST(one.details.at("one segment later") >= task.level);
  BOOST_TEST(std::abs(one.details.at("two segments later") - task.chance) < 0.02);
  BOOST_TEST(std::abs(none.score - task.chance) < 0.02);
}

BOOST_AUTO_TEST_CASE(hidden_tokens_need_the_right_side) {
  const study::Task& task = find("masked-recall");
  const study::Run both = listed(task, 0), left = listed(task, 1);
  BOOST_TEST(both.score >= task.level);
  BOOST_TEST(both.ablated <= task.floor + 0.15);  // the mean counts what is left in the bag
  BOOST_TEST(std::abs(left.score - task.chance) < 0.02);
  BOOST_TEST(left.ceiling == task.chance, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(induction_takes_two_layers) {
  const study::Task& task = find("induction");
  const study::Run two = listed(task, 0), one = listed(task, 1);
  solves_and_needs_it(task, two);
  BOOST_TEST(one.score <= task.floor + 0.05);
}

BOOST_AUTO_TEST_CASE(induction_heads_come_when_the_loss_falls_and_stand_in_for_each_other) {
  const study::Run run = listed(find("induction"), 5);
  const auto& told = run.details;
  BOOST_TEST(told.at("induction") >= 0.9);
  BOOST_TEST(told.at("score has risen at") > 0.1);
  BOOST_TEST(std::abs(told.at("score has risen at") - told.at("loss has fallen at")) <= 0.05);
  // They stand in for each other: one can be spared, all together leave less than a guess.
  BOOST_TEST(told.at("induction heads") > 1);
  BOOST_TEST(told.at("without its best head") < 1);
  BOOST_TEST(told.at("without its induction heads") > std::log(19.0));
}

BOOST_AUTO_TEST_CASE(heads_follow_the_arcs_of_a_grammar) {
  const study::Task& task = find("grammar");
  const study::Run run = listed(task, 0);
  BOOST_TEST(run.score >= task.level);
  BOOST_TEST(run.ablated <= task.floor);
  BOOST_TEST(run.details.at("best head ahead of its offset") >= 0.2);
  BOOST_TEST(run.details.at("changed by uniform maps") >= 0.3);
  BOOST_TEST(run.details.at("changed by permuted maps") >= 0.3);
}

BOOST_AUTO_TEST_CASE(keys_of_two_tokens_take_one_layer) {
  const study::Task& task = find("induction");
  const study::Run two_tokens = listed(task, 2), one_token = listed(task, 3);
  solves_and_needs_it(task, two_tokens);
  BOOST_TEST(one_token.score <= task.floor + 0.05);
}

BOOST_AUTO_TEST_CASE(keys_of_neighbours_find_what_is_next_to_a_mark) {
  const study::Task& task = find("next-to-mark");
  const study::Run neighbours = listed(task, 0), cells = listed(task, 1);
  solves_and_needs_it(task, neighbours);
  BOOST_TEST(cells.score <= 0.5);
}

BOOST_AUTO_TEST_CASE(a_gate_for_places_reads_what_is_marked) {
  const study::Task& task = find("marker");
  const study::Run places = listed(task, 0), channels = listed(task, 1);
  solves_and_needs_it(task, places);
  BOOST_TEST(places.overlap == 0);
  BOOST_TEST(channels.score <= 0.5);
}

BOOST_AUTO_TEST_CASE(pictures_find_their_captions_and_not_those_dealt_out) {
  const study::Task& task = find("captions");
  const study::Run attentive = listed(task, 0);
  solves_and_needs_it(task, attentive);
  BOOST_TEST(trained("clip", "captions", true, 60).run.score <= 0.05);
}

BOOST_AUTO_TEST_CASE(gatv2_looks_up_what_gat_cannot) {
  const study::Run second = trained("gatv2", "dictionary").run,
                   first = trained("gat", "dictionary").run;
  const study::Task& task = find("dictionary");
  solves_and_needs_it(task, second);
  BOOST_TEST(second.overlap == 0);
  BOOST_TEST(first.score <= 0.3);
}

BOOST_AUTO_TEST_CASE(a_choice_is_learned_from_rewards_nearly_as_well_as_by_reading_everything) {
  const study::Task& task = find("marked-cell");
  for (const std::size_t which : {std::size_t{0}, std::size_t{4}}) {
    const study::Run run = listed(task, which);
    BOOST_TEST(run.score >= task.level, task.runs[which].label);
    BOOST_TEST(run.details.at("mass on the mark") >= 0.9);
    BOOST_TEST(run.ablated <= task.floor);
  }
}

BOOST_AUTO_TEST_CASE(the_mean_of_neighbours_does_as_well_as_attention_on_easy_graphs) {
  for (const char* name : {"karate", "blocks"}) {
    const study::Task& task = find(name);
    const study::Run attended = trained("gat", name).run, mean = trained("gat", name, true).run;
    BOOST_TEST(attended.score >= task.level, name);
    BOOST_TEST(mean.score >= task.level, name);
  }
}

BOOST_AUTO_TEST_CASE(a_memory_finds_the_right_exit) {
  const study::Task& task = find("maze");
  const study::Run run = listed(task, 0);
  BOOST_TEST(run.score >= task.level);
  BOOST_TEST(run.ablated < 0.6);
  BOOST_TEST(run.details.at("with uniform weights") < 0.6);
  BOOST_TEST(run.details.at("steps") < 20);
  BOOST_TEST(run.overlap == 0);
}

BOOST_AUTO_TEST_CASE(two_looks_join_two_facts) {
  const study::Task& task = find("facts");
  const study::Run two = listed(task, 0), one = listed(task, 1);
  solves_and_needs_it(task, two);
  BOOST_TEST(two.overlap == 0);
  BOOST_TEST(one.details.at("one fact") >= 0.97);
  BOOST_TEST(one.details.at("two facts") <= 0.2);
}

BOOST_AUTO_TEST_CASE(a_right_teacher_helps_and_a_wrong_one_does_not) {
  const study::Task& task = find("taught-facts");
  const study::Run right = listed(task, 0), none = listed(task, 1), wrong = listed(task, 2);
  solves_and_needs_it(task, right);
  BOOST_TEST(none.score <= 0.3);
  BOOST_TEST(wrong.score <= 0.3);
}

BOOST_AUTO_TEST_CASE(content_and_location_answer_what_neither_does_alone) {
  const study::Run both = trained("content-location", "slot-or-key").run,
                   content = trained("additive", "slot-or-key").run,
                   location = trained("location", "slot-or-key").run;
  const study::Task& task = find("slot-or-key");
  solves_and_needs_it(task, both);
  BOOST_TEST(both.overlap == 0);
  BOOST_TEST(content.details.at("by key") >= 0.97);
  BOOST_TEST(content.details.at("by place") <= 0.35);
  BOOST_TEST(location.details.at("by place") >= 0.97);
  BOOST_TEST(location.details.at("by key") <= 0.35);
}

BOOST_AUTO_TEST_CASE(a_filter_learns_a_distance) {
  const study::Task& task = find("shift");
  const study::Run filter = listed(task, 0), fixed = listed(task, 1);
  solves_and_needs_it(task, filter);
  BOOST_TEST(fixed.score <= task.floor + 0.05);
}

BOOST_AUTO_TEST_CASE(a_period_is_found_and_read) {
  const study::Run found = listed(find("sinusoids"), 0);
  BOOST_TEST(found.score <= find("sinusoids").level);
  BOOST_TEST(found.details.at("lag found") >= 0.95);
  BOOST_TEST(found.ablated >= 0.5);
}

BOOST_AUTO_TEST_CASE(who_learned_with_moved_scores_is_right_when_they_move) {
  const study::Task& task = find("polar-words");
  const study::Run robust = listed(task, 0), plain = listed(task, 2);
  BOOST_TEST(robust.score >= plain.score + 0.18);
  BOOST_TEST(robust.details.at("clean") >= plain.details.at("clean") - 0.03);
  BOOST_TEST(robust.ablated <= task.floor + 0.05);
  // A random direction of the same length does next to nothing.
  BOOST_TEST(plain.details.at("eps 5, random direction") >= plain.details.at("clean") - 0.03);
}

BOOST_AUTO_TEST_CASE(a_sentence_is_summed_up_before_it_is_chosen) {
  const study::Run levels = trained("hierarchical", "documents").run,
                   flat = trained("pooling", "documents").run;
  const study::Task& task = find("documents");
  BOOST_TEST(levels.score >= task.level);
  BOOST_TEST(levels.details.at("mass on the sentence") >= 0.8);
  BOOST_TEST(levels.ablated <= 0.6);
  BOOST_TEST(levels.overlap == 0);
  BOOST_TEST(flat.score <= 0.55);
}

BOOST_AUTO_TEST_CASE(a_question_guides_the_look_at_a_grid) {
  const study::Run guided = trained("dcn", "grid-questions").run;
  const study::Task& task = find("grid-questions");
  BOOST_TEST(guided.score >= task.level);
  BOOST_TEST(guided.details.at("mass on the cell") >= 0.9);
  BOOST_TEST(guided.ablated <= 0.45);
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_a_bit) {
  for (const char* task : {"heads", "translation"}) {
    const std::string mechanism = task == std::string("heads") ? "multihead" : "cross";
    set_threads(1);
    const study::Run one = trained(mechanism, task, false, 12).run;
    set_threads(2);
    const study::Run two = trained(mechanism, task, false, 12).run;
    set_threads(1);
    BOOST_TEST((one.loss == two.loss));
    BOOST_TEST(one.score == two.score);
    BOOST_TEST(one.ablated == two.ablated);
  }
}

BOOST_AUTO_TEST_CASE(every_task_trains_a_few_steps) {
  for (const study::Task& task : all()) {
    for (const auto& row : attention::catalog()) {
      const std::string name(row.name);
      if (!study::why_not(task, name).empty()) continue;
      study::Trial trial = study::trial_of(task, {.mechanism = name});
      trial.settings.steps = 3;
      trial.timing = true;
      const study::Run run = study::train(task, trial).run;
      BOOST_TEST(run.loss.size() == 3U, task.name << " " << name);
      BOOST_TEST(run.macs_per_step > 0, task.name << " " << name);
      BOOST_TEST(run.parameters > 0);
    }
  }
}

BOOST_AUTO_TEST_CASE(unknown_settings_and_options_are_refused) {
  const study::Task& task = find("reverse");
  BOOST_CHECK_THROW(study::trial_of(task, {.mechanism = "self", .settings = {{"haeds", 2}}}),
                    ValueError);
  BOOST_CHECK_THROW(study::trial_of(task, {.mechanism = "self", .settings = {{"heads", 1.5}}}),
                    ValueError);
  BOOST_CHECK_THROW(study::trial_of(task, {.mechanism = "local", .options = {{"windwo", 2}}}),
                    ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
