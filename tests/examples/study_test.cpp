// The training loop and the studies that it trains, looked at from inside.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "autograd/ops.h"
#include "examples/study/train.h"
#include "examples/tasks/tasks.h"

namespace heed::study {
namespace {

BOOST_AUTO_TEST_SUITE(studies)

// A mechanism that adds a constant to the loss, and notes whether it was in training mode.
class Paid : public attention::Mixer {
 public:
  Paid(std::unique_ptr<attention::Mixer> inner, double price, int& looks)
      : inner_(adopt("inner", std::move(inner))), price_(price), looks_(looks) {}
  attention::Mixed mix(const attention::MixerInput& input) const override {
    looks_ += grad_enabled() ? 1 : 0;  // a look that only acts is not paid for
    attention::Mixed mixed = inner_.mix(input);
    mixed.auxiliary = plus(mixed.auxiliary, Tensor({}, {static_cast<Real>(price_)}));
    return mixed;
  }

 private:
  attention::Mixer& inner_;
  double price_;
  int& looks_;
};

// The first mixer of the catalog that can run the task; none where the mechanisms are no mixers.
std::string able(const Task& task) {
  for (const auto& row : attention::catalog()) {
    if (row.mixer && why_not(task, row.name).empty()) return row.name;
  }
  return "";
}

double first_loss(const Task& task, const std::string& mechanism, double price, int& looks) {
  Generator start(1), samples(2);
  const Setup setup{.settings = task.settings,
                    .name = mechanism,
                    .make_mixer = [&](const attention::MixerShape& shape, Generator& rng) {
                      return std::make_unique<Paid>(make_mixer(mechanism, {}, shape, rng), price,
                                                    looks);
                    }};
  const std::unique_ptr<Study> study = task.make(setup, start);
  study->draw(4, Split::train, samples);
  study->seed_draws(1, 0);
  return static_cast<double>(study->loss().item());
}

BOOST_AUTO_TEST_CASE(an_auxiliary_loss_is_in_the_loss_of_every_task) {
  for (const Task& task : tasks::all()) {
    const std::string mechanism = able(task);
    if (mechanism.empty()) continue;  // they have no auxiliary losses
    int looks = 0, unpaid = 0;
    const double paid =
        first_loss(task, mechanism, 8, looks) - first_loss(task, mechanism, 0, unpaid);
    // Once a layer, or once a step of one that looks step by step.
    BOOST_TEST(looks >= task.settings.layers, task.name);
    BOOST_TEST(std::abs(paid - 8 * looks) < 1e-3, task.name << " pays " << paid);
  }
}

// A map with a row a sample has no more of them than there are samples.
BOOST_AUTO_TEST_CASE(few_samples_are_looked_at) {
  for (const char* name : {"bags", "marked-cell", "polar-words", "two-bags", "near", "norms"}) {
    const Task& task = tasks::find(name);
    const Listed& run = task.runs.front();
    Generator start(1), samples(2);
    const auto study = task.make({.settings = task.settings,
                                  .name = run.mechanism,
                                  .options = run.options,
                                  .make_mixer =
                                      [&](const attention::MixerShape& shape, Generator& rng) {
                                        return make_mixer(run.mechanism, run.options, shape, rng);
                                      }},
                                 start);
    study->draw(3, Split::test, samples);
    study->eval();
    const std::vector<DrawnMap> maps = study->look();
    BOOST_TEST(!maps.empty(), name);
    for (const DrawnMap& map : maps) BOOST_TEST(map.values.size() == 3U, name);
  }
}

// What a study of the test went through.
struct Notes {
  std::vector<float> drawn;              // in each step
  std::vector<bool> training_in_loss, training_in_score;
  std::vector<Ablation> taken_out;
  std::vector<std::pair<Split, Index>> asked;
};

class Probe : public Study {
 public:
  Probe(const Setup&, Generator& rng, Notes& notes)
      : weight_(param("weight", rng.normal({1}))), notes_(notes) {}

  void draw(Index count, Split split, Generator& rng) override {
    notes_.asked.emplace_back(split, count);
    samples_ = rng.normal({count, 3});
  }
  Samples samples() const override { return samples_; }
  Tensor loss() override {
    notes_.training_in_loss.push_back(training());
    notes_.drawn.push_back(static_cast<float>(draws().normal()));
    return sum(square(weight_));
  }
  double score() const override {
    notes_.training_in_score.push_back(training());
    return static_cast<double>(weight_.values()[0] * weight_.values()[0]);
  }
  void take_out(Ablation ablation) override { notes_.taken_out.push_back(ablation); }

 private:
  Tensor weight_, samples_;
  Notes& notes_;
};

Task probe(Notes& notes) {
  Task task{.name = "probe", .better = Better::lower, .ablation = Ablation::own,
            .settings = {.batch = 5, .steps = 60, .lr = 0.1}, .level = 0.05};
  task.make = [&notes](const Setup& setup, Generator& rng) {
    return std::make_unique<Probe>(setup, rng, notes);
  };
  return task;
}

Trial trial_on(const Task& task, std::uint64_t seed) {
  Trial trial{.mechanism = "self", .task = task.name, .seed = seed, .settings = task.settings};
  return trial;
}

BOOST_AUTO_TEST_CASE(every_step_starts_its_draws_from_seed_and_step) {
  Notes first, again, other;
  for (const auto& [notes, seed] : {std::pair{&first, 1}, {&again, 1}, {&other, 2}}) {
    const Task task = probe(*notes);
    train(task, trial_on(task, static_cast<std::uint64_t>(seed)));
  }
  BOOST_REQUIRE(first.drawn.size() == 60U);
  BOOST_TEST(first.drawn == again.drawn);
  BOOST_TEST(first.drawn != other.drawn);
  BOOST_TEST(first.drawn[0] != first.drawn[1]);
}

BOOST_AUTO_TEST_CASE(it_trains_in_training_mode_and_is_looked_at_in_evaluation_mode) {
  Notes notes;
  const Task task = probe(notes);
  const Run run = train(task, trial_on(task, 1)).run;
  for (const bool training : notes.training_in_loss) BOOST_TEST(training);
  BOOST_TEST(notes.training_in_score.size() > 2U);
  for (const bool training : notes.training_in_score) BOOST_TEST(!training);
  BOOST_TEST(run.steps_to_threshold > 2);  // less is better, and it takes some steps
  BOOST_TEST(run.steps_to_threshold < 60);
  BOOST_TEST(run.score <= 0.05);
  BOOST_TEST((notes.taken_out == std::vector{Ablation::own}));
}

BOOST_AUTO_TEST_CASE(trained_without_is_without_from_the_first_step_on) {
  Notes notes;
  const Task task = probe(notes);
  Trial trial = trial_on(task, 1);
  trial.without = true;
  trial.timing = true;
  train(task, trial);
  BOOST_TEST((notes.taken_out == std::vector{Ablation::own}));
  BOOST_TEST(notes.training_in_score.empty());  // only the steps matter
}

BOOST_AUTO_TEST_CASE(a_model_without_a_mechanism_cannot_have_it_taken_out) {
  class Bare : public nn::Module {
  };
  const auto bare = std::make_unique<Bare>();
  BOOST_CHECK_THROW(ablate(*bare, Ablation::mean), ValueError);
  BOOST_CHECK_THROW(ablate(*bare, Ablation::own), ValueError);
}

BOOST_AUTO_TEST_CASE(a_task_of_ones_own) {
  Notes notes;
  Task task = probe(notes);
  task.name = "reverse";
  BOOST_CHECK_THROW(tasks::add(task), ValueError);  // taken
  task.name = "";
  BOOST_CHECK_THROW(tasks::add(task), ValueError);
  task.name = "of-ones-own";
  task.make = nullptr;
  BOOST_CHECK_THROW(tasks::add(task), ValueError);
  BOOST_TEST(&tasks::find("short_copy") == &tasks::find("short-copy"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::study
