// Recall with a teacher: eight tokens carry a key and a value, then eight keys alone ask for
// theirs. A narrow student learns from the answers, and from the last attention of a wider teacher:
// where it looks, and how its values relate. Alone the student finds out where to look as well, and
// later: what a teacher saves is steps.
// Wang et al. 2020, "MiniLM", arXiv 2002.10957, section 3.
#include <memory>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/projections.h"
#include "attention/scores.h"
#include "attention/training/minilm.h"
#include "autograd/ops.h"
#include "examples/study/ablation.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "examples/tasks/teachers/teacher.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = 8, keys = 16, values = 16, length = 2 * pairs;
constexpr Index teacher_width = 32, teacher_steps = 300;
constexpr double teacher_lr = 3e-3, deviation = 0.5;

struct RecallBatch {
  Indices key, value;  // (B, 16): value 16 where a key asks
  Indices labels;      // (B, 8), of those that ask
};

RecallBatch draw_recall(Index batch, Generator& rng) {
  std::vector<std::int32_t> key, value, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen = rng.permutation(static_cast<std::int32_t>(keys));
    std::vector<std::int32_t> stored;
    for (std::size_t i = 0; i < pairs; ++i) {
      stored.push_back(rng.below(static_cast<std::int32_t>(values)));
      key.push_back(chosen[i]);
      value.push_back(stored.back());
    }
    for (const std::int32_t asked : rng.permutation(static_cast<std::int32_t>(pairs))) {
      key.push_back(chosen[static_cast<std::size_t>(asked)]);
      value.push_back(static_cast<std::int32_t>(values));
      labels.push_back(stored[static_cast<std::size_t>(asked)]);
    }
  }
  return {Indices({batch, length}, std::move(key)), Indices({batch, length}, std::move(value)),
          Indices({batch, pairs}, std::move(labels))};
}

// What one pass gives.
struct Recalled {
  Tensor logits;  // (B * 8, values)
  attention::LayerMaps maps;
};

class OneLayer : public nn::Module {
 public:
  OneLayer(Index width, Index heads, Generator& rng)
      : key_(child<nn::Embedding>("key", keys, width, rng, {.deviation = deviation})),
        value_(child<nn::Embedding>("value", values + 1, width, rng, {.deviation = deviation})),
        project_(child<attention::Projections>(
            "attention", "minilm", attention::ProjectionOptions{.width = width, .heads = heads},
            rng)),
        norm_(child<nn::LayerNorm>("norm", width)),
        answer_(child<nn::Linear>("answer", width, values, rng)) {}

  // `mean`: every key and value is the mean of all.
  Recalled operator()(const RecallBatch& batch, bool mean) const {
    const Tensor x = key_(batch.key) + value_(batch.value);  // (B, 16, C)
    const Tensor seen = mean ? study::mean_everywhere(x, {}) : x;
    const auto [q, k, v, mask] = project_.by_heads({.x = x, .context = seen}, attention::full());
    const Tensor weights = attention::softmax_over(attention::scaled_dot(q, k), mask);
    attention::publish_map("minilm", weights);
    const Tensor y = norm_(x + project_.merge(attention::combine(weights, v)));
    const Tensor asked = slice(y, 1, pairs, length);  // (B, 8, C)
    return {reshape(answer_(asked), {-1, values}), {weights, v}};
  }

 private:
  nn::Embedding& key_;
  nn::Embedding& value_;
  attention::Projections& project_;
  nn::LayerNorm& norm_;
  nn::Linear& answer_;
};

Tensor answer_loss(const Recalled& recalled, const RecallBatch& batch) {
  return cross_entropy(recalled.logits, batch.labels.reshape({batch.labels.size()}));
}

class TaughtRecallStudy : public study::Study {
 public:
  TaughtRecallStudy(const study::Setup& setup, Generator& rng)
      : settings_(setup.settings),
        teaching_(teaching_of(setup)),
        of_teacher_(rng.stream("teacher")),
        student_(child<OneLayer>("student", settings_.width, settings_.heads, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_recall(count, rng);
  }
  study::Samples samples() const override { return batch_.key; }

  Tensor loss() override {
    const Recalled recalled = student_(batch_, without_);
    const Tensor loss = answer_loss(recalled, batch_);
    if (teaching_.weight == 0 || without_) return loss;
    return loss + attention::minilm_loss(recalled.maps, shown()) * teaching_.weight;
  }

  double score() const override {
    return study::share_right(student_(batch_, without_).logits, batch_.labels);
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    for (Index i = 0; i < length; ++i) {
      names.push_back((i < pairs ? "key " : "? ") + std::to_string(batch_.key[i] + 1));
    }
    const attention::MapRecorder recorder;
    student_(batch_, without_);
    return study::drawn_maps(recorder, names, names);
  }

  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  attention::LayerMaps shown() {
    if (!teacher_) train();
    const NoGrad no_grad;
    const attention::LayerMaps maps = (*teacher_)(batch_, false).maps;
    if (!teaching_.permuted) return maps;
    return {roll(maps.weights, 1, 3), roll(maps.values, 1, 2)};
  }

  void train() {
    teacher_ = std::make_unique<OneLayer>(teacher_width, settings_.heads, of_teacher_);
    train_teacher(teacher_->parameters(), teacher_steps, teacher_lr, [&] {
      const RecallBatch drawn = draw_recall(settings_.batch, of_teacher_);
      return answer_loss((*teacher_)(drawn, false), drawn);
    });
  }

  study::Settings settings_;
  Teaching teaching_;
  Generator of_teacher_;
  RecallBatch batch_;
  bool without_ = false;
  OneLayer& student_;
  std::unique_ptr<OneLayer> teacher_;  // not a part of the student
};

}  // namespace

study::Task taught_recall() {
  using enum study::Expect;
  return {.name = "taught-recall",
          .title = "recall by a narrow student, with a wider teacher's attention and values",
          .what = "Eight keys ask for what was stored with them. A narrow student learns from the "
                  "answers and from a wider teacher's map and relations of values.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "the mean of all tokens as each key and value",
          .settings = {.width = 16, .heads = 2, .steps = 400},
          .chance = 1.0 / values,
          .floor = study::mode_floor(pairs, values),
          .level = 0.95,
          .seconds = 2,
          .runs = {{.mechanism = "minilm"}},
          .beside = {{.mechanism = "minilm",
                      .label = "no teacher",
                      .why = "From answers alone: it gets there, or nearly, and takes longer.",
                      .options = {{"weight", 0}}},
                     {.mechanism = "minilm",
                      .label = "wrong teacher",
                      .why = "The teacher's keys and values moved by one place.",
                      .options = {{"permuted", 1}}}},
          .make = study::make_study<TaughtRecallStudy>};
}

}  // namespace heed::tasks
