// Facts: ten people, each in another place, and ten objects, each with somebody; the twenty facts
// come in no order. Where somebody is, one fact says. Where an object is takes two: with whom, and
// where that is; what the second look must ask for is known after the first.
// Sukhbaatar et al. 2015, arXiv 1503.08895, after the tasks of Weston et al. 2015, "Towards
// AI-complete question answering", arXiv 1502.05698.
#include "examples/tasks/sets/facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/catalog.h"
#include "attention/maps.h"
#include "attention/memory/memory_network.h"
#include "autograd/ops.h"
#include "examples/study/ablation.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

std::string word(std::int32_t id) {
  if (id < fact_people) return fmt::format("person {}", id + 1);
  if (id < fact_people + fact_objects) return fmt::format("object {}", id - fact_people + 1);
  return fmt::format("place {}", id - fact_people - fact_objects + 1);
}

class FactStudy : public study::Study {
 public:
  FactStudy(const study::Setup& setup, Generator& rng)
      : memory_(child<attention::MemoryNetwork>(
            "memory",
            attention::MemoryNetworkOptions{
                .vocabulary = fact_words,
                .width = setup.settings.width,
                .hops = attention::find(setup.name).values(setup.options).whole("hops")},
            rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_facts(count, true, rng);
  }
  study::Samples samples() const override { return batch_.facts; }

  Tensor loss() override { return cross_entropy(answers(batch_), batch_.answers); }

  double score() const override {
    const Tensor logits = answers(batch_);
    return std::min(share_right(batch_, logits, false), share_right(batch_, logits, true));
  }

  study::Details details() const override {
    const Tensor logits = answers(batch_);
    return {{"one fact", share_right(batch_, logits, false)},
            {"two facts", share_right(batch_, logits, true)}};
  }

  // Where each hop looked, for the first question about an object.
  std::vector<study::DrawnMap> look() const override {
    Index sample = 0;
    while (sample + 1 < batch_.joined.size() && !batch_.joined[sample]) ++sample;
    std::vector<std::string> rows, columns;
    for (Index hop = 0; hop < fact_count; ++hop) {
      rows.push_back(fmt::format("{}, look {}", word(batch_.questions[sample]), hop + 1));
    }
    for (Index i = 0; i < fact_count; ++i) columns.push_back(fact_in_words(batch_, sample, i));
    FactBatch one = batch_;
    one.facts = slice(batch_.facts, 0, sample, sample + 1);
    one.questions = slice(batch_.questions, 0, sample, sample + 1);
    const attention::MapRecorder recorder;
    answers(one);
    return study::drawn_steps(recorder, rows, columns);
  }

  // The mean of all facts in place of each: whatever the weights, the same is read.
  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  Tensor answers(const FactBatch& batch) const {
    std::vector<Tensor> memory = memory_.remember(batch.facts);
    for (Tensor& facts : memory) {
      if (without_) facts = study::mean_everywhere(facts, {});
    }
    return memory_.ask(batch.questions, memory);
  }

  FactBatch batch_;
  bool without_ = false;
  attention::MemoryNetwork& memory_;
};

}  // namespace

FactBatch draw_facts(Index batch, bool half, Generator& rng) {
  constexpr auto people = static_cast<std::int32_t>(fact_people),
                 objects = static_cast<std::int32_t>(fact_objects),
                 places = static_cast<std::int32_t>(fact_places),
                 all = static_cast<std::int32_t>(fact_count);
  std::vector<std::int32_t> facts, questions, answers;
  std::vector<std::uint8_t> joined;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> place = rng.permutation(places), order = rng.permutation(all);
    std::vector<std::int32_t> owner;
    for (std::int32_t object = 0; object < objects; ++object) owner.push_back(rng.below(people));
    for (const std::int32_t fact : order) {
      const bool of_person = fact < people;
      facts.push_back(fact);
      facts.push_back(of_person ? people + objects + place[static_cast<std::size_t>(fact)]
                                : owner[static_cast<std::size_t>(fact - people)]);
    }
    const bool two = !half || rng.below(2) == 1;
    const std::int32_t asked = rng.below(two ? objects : people);
    const std::int32_t person = two ? owner[static_cast<std::size_t>(asked)] : asked;
    joined.push_back(two ? 1 : 0);
    questions.push_back(two ? people + asked : asked);
    answers.push_back(people + objects + place[static_cast<std::size_t>(person)]);
  }
  return {Indices({batch, fact_count, 2}, std::move(facts)),
          Indices({batch, 1}, std::move(questions)), Indices(std::move(answers)),
          Mask({batch}, std::move(joined))};
}

std::string fact_in_words(const FactBatch& batch, Index sample, Index fact) {
  const Index at = (sample * fact_count + fact) * 2;
  return fmt::format("{}, {}", word(batch.facts[at]), word(batch.facts[at + 1]));
}

double share_right(const FactBatch& batch, const Tensor& logits, bool joined) {
  const Indices found = argmax(logits, -1);
  double asked = 0, right = 0;
  for (Index b = 0; b < found.size(); ++b) {
    if (batch.joined[b] != joined) continue;
    asked += 1;
    right += found[b] == batch.answers[b] ? 1 : 0;
  }
  return right / std::max(asked, 1.0);
}

study::Task facts() {
  return {.name = "facts",
          .title = "where is it? questions that one fact answers, and questions that take two",
          .what = "Twenty facts in no order: who is where, and who has what. Where somebody is, "
                  "one fact says; where an object is takes two looks, the second asking for what "
                  "the first found.",
          .metric = "accuracy on the worse kind",
          .ablation = study::Ablation::own,
          .ablation_words = "the mean of all facts in place of each",
          .settings = {.batch = 64, .steps = 1500, .lr = 1e-2, .test_samples = 2048},
          .chance = 1.0 / fact_places,
          .floor = 1.0 / fact_places,
          .level = 0.99,
          .bars = {{.detail = "two facts", .limit = 0.99}},
          .seconds = 1.5,
          .runs = {{.mechanism = "memory"},
                   {.mechanism = "memory",
                    .label = "one hop",
                    .why = "One look finds with whom an object is, and has no way to ask where "
                           "that is: questions about people alone.",
                    .options = {{"hops", 1}},
                    .expect = study::Expect::fails},
                   {.mechanism = "memory",
                    .label = "three hops",
                    .why = "A look more than is needed does no harm: a tie.",
                    .options = {{"hops", 3}}}},
          .make = study::make_study<FactStudy>};
}

}  // namespace heed::tasks
