// Facts again (../sets/facts.cpp), with a teacher: a memory network of two hops that answers both
// kinds of questions shows a student, which sees only questions that take two facts, where to look.
// From answers alone such a student seldom begins to learn: the second look means nothing before
// the first is right, and the answer says nothing of the first. A teacher whose maps are moved by a
// fact teaches the wrong places, and has to be worse than none.
// Wang et al. 2020, "MiniLM", arXiv 2002.10957; the test with a wrong teacher is ours.
#include <fmt/format.h>

#include <memory>

#include "attention/maps.h"
#include "attention/memory/memory_network.h"
#include "attention/training/distillation.h"
#include "autograd/ops.h"
#include "examples/study/ablation.h"
#include "examples/study/maps.h"
#include "examples/tasks/sets/facts.h"
#include "examples/tasks/tasks.h"
#include "examples/tasks/teachers/teacher.h"

namespace heed::tasks {
namespace {

constexpr Index hops = 2, teacher_steps = 800;
constexpr double teacher_lr = 1e-2;

attention::MemoryNetworkOptions sizes(const study::Setup& setup) {
  return {.vocabulary = fact_words, .width = setup.settings.width, .hops = hops};
}

class TaughtFactStudy : public study::Study {
 public:
  TaughtFactStudy(const study::Setup& setup, Generator& rng)
      : sizes_(sizes(setup)),
        batch_size_(setup.settings.batch),
        teaching_(teaching_of(setup)),
        of_teacher_(rng.stream("teacher")),
        memory_(child<attention::MemoryNetwork>("memory", sizes_, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_facts(count, false, rng);
  }
  study::Samples samples() const override { return batch_.facts; }

  Tensor loss() override {
    if (teaching_.weight == 0 || without_) {
      return cross_entropy(answers(), batch_.answers);
    }
    const std::vector<Tensor> shown = teacher_maps();
    const attention::MapRecorder recorder(attention::Graph::keep);
    Tensor total = cross_entropy(answers(), batch_.answers);
    for (std::size_t hop = 0; hop < shown.size(); ++hop) {
      const Tensor& own = recorder.maps()[hop].weights;  // (B, 1, 1, 20)
      total = total + attention::map_distillation(own, shown[hop]) * teaching_.weight;
    }
    return total;
  }

  double score() const override { return share_right(batch_, answers(), true); }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (Index hop = 0; hop < hops; ++hop) rows.push_back(fmt::format("look {}", hop + 1));
    for (Index i = 0; i < fact_count; ++i) columns.push_back(fact_in_words(batch_, 0, i));
    const attention::MapRecorder recorder;
    answers();
    return study::drawn_steps(recorder, rows, columns);
  }

  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  Tensor answers() const {
    std::vector<Tensor> memory = memory_.remember(batch_.facts);
    for (Tensor& facts : memory) {
      if (without_) facts = study::mean_everywhere(facts, {});
    }
    return memory_.ask(batch_.questions, memory);
  }

  // Where the teacher looks, hop by hop.
  std::vector<Tensor> teacher_maps() {
    if (!teacher_) train();
    const attention::MapRecorder recorder;
    (*teacher_)(batch_.facts, batch_.questions);
    std::vector<Tensor> maps;
    for (const attention::Map& map : recorder.maps()) {
      maps.push_back(teaching_.permuted ? roll(map.weights, 1, 3) : map.weights);
    }
    return maps;
  }

  void train() {
    teacher_ = std::make_unique<attention::MemoryNetwork>(sizes_, of_teacher_);
    train_teacher(teacher_->parameters(), teacher_steps, teacher_lr, [&] {
      const FactBatch drawn = draw_facts(batch_size_, true, of_teacher_);
      return cross_entropy((*teacher_)(drawn.facts, drawn.questions), drawn.answers);
    });
  }

  attention::MemoryNetworkOptions sizes_;
  Index batch_size_;
  Teaching teaching_;
  Generator of_teacher_;
  FactBatch batch_;
  bool without_ = false;
  attention::MemoryNetwork& memory_;
  std::unique_ptr<attention::MemoryNetwork> teacher_;  // not a part of the student
};

}  // namespace

study::Task taught_facts() {
  using enum study::Expect;
  return {.name = "taught-facts",
          .title = "questions that take two facts, with a teacher who shows where to look",
          .what = "A student learns where objects are from questions that take two facts, none of "
                  "which it is told. A teacher shows where to look; one who shows the wrong places "
                  "must not help.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "the mean of all facts in place of each",
          .settings = {.batch = 64, .steps = 300, .lr = 5e-3, .test_samples = 2048},
          .chance = 1.0 / fact_places,
          .floor = 1.0 / fact_places,
          .level = 0.9,
          .seconds = 3,
          .runs = {{.mechanism = "distillation"},
                   {.mechanism = "distillation",
                    .label = "no teacher",
                    .why = "From answers alone the first look is not found in this time.",
                    .options = {{"weight", 0}},
                    .expect = fails},
                   {.mechanism = "distillation",
                    .label = "wrong teacher",
                    .why = "The teacher's maps moved by one fact: what is taught is wrong, and it "
                           "is learned.",
                    .options = {{"permuted", 1}},
                    .expect = fails}},
          .make = study::make_study<TaughtFactStudy>};
}

}  // namespace heed::tasks
