#include "examples/tasks/text/reviews.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/catalog.h"
#include "attention/maps.h"
#include "attention/pooling/attention_pooling.h"
#include "attention/score_shift.h"
#include "attention/training/adversarial.h"
#include "attention/training/adversarial_maps.h"
#include "attention/training/vat.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "nn/gru.h"

namespace heed::tasks {
namespace {

constexpr Index training_reviews = 500, attack_steps = 10;
constexpr double attack_eps = 5;

std::int32_t polar_word(Index of_class, Generator& rng) {
  const Index which = rng.below(static_cast<std::int32_t>(polar_words_each));
  return static_cast<std::int32_t>(neutral_words + of_class * polar_words_each + which);
}

}  // namespace

ReviewBatch draw_reviews(Index batch, const Planting& planting, Generator& rng) {
  std::vector<std::int32_t> words, labels;
  for (Index b = 0; b < batch; ++b) {
    const Index label = rng.below(2);
    const Index doubtful = rng.uniform() < 0.7 ? label : 1 - label;
    std::vector<std::int32_t> review;
    for (const Index of_class : {label, label, doubtful, 1 - label}) {
      review.push_back(polar_word(of_class, rng));
    }
    if (rng.uniform() < planting.in_class[label]) {
      review.push_back(static_cast<std::int32_t>(planted));
    }
    while (static_cast<Index>(review.size()) < review_length) {
      review.push_back(rng.below(static_cast<std::int32_t>(neutral_words)));
    }
    for (const std::int32_t from : rng.permutation(static_cast<std::int32_t>(review_length))) {
      words.push_back(review[static_cast<std::size_t>(from)]);
    }
    labels.push_back(static_cast<std::int32_t>(label));
  }
  return {Indices({batch, review_length}, std::move(words)), Indices(std::move(labels))};
}

namespace {

// In training the planted word goes with class 1; what is asked is asked of reviews where it goes
// with class 0.
constexpr Planting nothing{}, with_class_one{{0.1, 0.9}}, against_class_one{{0.9, 0.1}};

class ReviewStudy : public study::Study {
 public:
  ReviewStudy(Asked asked, const study::Setup& setup, Generator& rng)
      : asked_(asked),
        name_(setup.name),
        options_(attention::find(setup.name).values(setup.options)),
        words_(child<nn::Embedding>("words", review_words, setup.settings.width, rng,
                                    nn::EmbeddingOptions{
                                        .padding_id = -1,
                                        .deviation = models::embedding_deviation})),
        reader_(child<nn::GRU>("reader", setup.settings.width, setup.settings.width / 2, rng,
                               nn::GRUOptions{.bidirectional = true})),
        pooling_(child<attention::AttentionPooling>(
            "pooling", attention::AttentionPoolingOptions{.width = setup.settings.width}, rng)),
        answer_(child<nn::Linear>("answer", setup.settings.width, 2, rng)) {
    Generator reviews = rng.stream("reviews");
    learned_ = draw_reviews(training_reviews, in_training(), reviews);
  }

  void draw(Index count, study::Split split, Generator& rng) override {
    if (split != study::Split::train) {
      const bool against = asked_ == Asked::against_planted;
      batch_ = draw_reviews(count, against ? against_class_one : nothing, rng);
      return;
    }
    std::vector<std::int32_t> words, labels;
    for (Index i = 0; i < count; ++i) {
      const Index which = rng.below(static_cast<std::int32_t>(training_reviews));
      const auto first = learned_.words.values().begin() + which * review_length;
      words.insert(words.end(), first, first + review_length);
      labels.push_back(learned_.labels[which]);
    }
    batch_ = {Indices({count, review_length}, std::move(words)), Indices(std::move(labels))};
  }
  study::Samples samples() const override { return batch_.words; }

  Tensor loss() override {
    if (name_ == "adversarial") {
      return attention::adversarial_loss(
          [&] { return plain_loss(); },
          {.eps = options_["eps"], .weight = options_["weight"]});
    }
    const Tensor plain = plain_loss();
    if (name_ != "vat") return plain;
    return plain + attention::vat_penalty([&] { return logits(); },
                                          {.eps = options_["eps"],
                                           .xi = options_["xi"],
                                           .turns = options_.whole("turns")},
                                          draws()) *
                       options_["weight"];
  }

  double score() const override {
    return asked_ == Asked::under_attack ? accuracy_under(attacked(attack_eps, attack_steps))
                                         : accuracy();
  }

  study::Details details() const override {
    return asked_ == Asked::under_attack ? robustness() : trust_in_planted();
  }

  // Where the model looks in a few reviews.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(8, batch_.labels.size());
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) rows.push_back(fmt::format("class {}", batch_.labels[b]));
    for (Index i = 0; i < review_length; ++i) columns.push_back(fmt::format("{}", i + 1));
    const attention::MapRecorder recorder;
    logits();
    return {study::drawn_rows("weights over the words of eight reviews", recorder.maps().back(),
                              rows, columns)};
  }

  // Nothing of what was read.
  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  const Planting& in_training() const {
    return asked_ == Asked::against_planted ? with_class_one : nothing;
  }

  Tensor logits(const ReviewBatch& reviews) const {  // (B, 2)
    const Tensor read = pooling_.pool(reader_(words_(reviews.words)).output).z;
    return answer_(without_ ? read * 0.0 : read);
  }
  Tensor logits() const { return logits(batch_); }
  Tensor plain_loss() const { return cross_entropy(logits(), batch_.labels); }

  double accuracy(const ReviewBatch& reviews) const {
    return study::share_right(logits(reviews), reviews.labels);
  }
  double accuracy() const { return accuracy(batch_); }
  double accuracy_under(std::vector<Tensor> shifts) const {
    const attention::ScoreShift guard(std::move(shifts));
    return accuracy();
  }
  std::vector<Tensor> attacked(double eps, Index steps) const {
    return attention::attack([&] { return plain_loss(); }, {.eps = eps, .steps = steps});
  }

  study::Details robustness() const {
    study::Details found{{"clean", accuracy()}};
    Generator rng = Generator(1).stream("directions");
    for (const double eps : {1.0, 2.5, 5.0, 10.0}) {
      const std::vector<Tensor> worst = attacked(eps, 1);
      found[fmt::format("eps {:g}, worst direction", eps)] = accuracy_under(worst);
      found[fmt::format("eps {:g}, ten steps", eps)] = accuracy_under(attacked(eps, attack_steps));
      found[fmt::format("eps {:g}, random direction", eps)] =
          accuracy_under(attention::random_shifts(worst, eps, rng));
    }
    if (name_ == "adversarial-maps") add_other_maps(found);
    return found;
  }

  // How far other weights may be while the answer stays, and what is left with equal weights.
  void add_other_maps(study::Details& found) const {
    Generator rng = Generator(1).stream("maps");
    const attention::AdversarialMaps others = attention::adversarial_maps(
        [&] { return softmax(logits()); },
        {.eps = options_["eps"], .steps = options_.whole("steps")}, rng);
    found["other maps, JSD (at most .69)"] = static_cast<double>(mean(others.divergence).item());
    found["other maps, accuracy"] = accuracy_under(others.shifts);
    const attention::MapRecorder recorder;
    logits();
    const Tensor own = recorder.maps().back().weights;  // (B, 1, 1, 12)
    found["equal weights, accuracy"] = accuracy_under({-log(own)});
  }

  // The same model where the planted word is right, and where there is none.
  study::Details trust_in_planted() const {
    Generator rng = Generator(1).stream("planted");
    const Index count = batch_.labels.size();
    return {{"planted word is right", accuracy(draw_reviews(count, with_class_one, rng))},
            {"no planted word", accuracy(draw_reviews(count, nothing, rng))}};
  }

  Asked asked_;
  std::string name_;
  attention::OptionValues options_;
  ReviewBatch learned_, batch_;
  bool without_ = false;
  nn::Embedding& words_;
  nn::GRU& reader_;
  attention::AttentionPooling& pooling_;
  nn::Linear& answer_;
};

}  // namespace

study::MakeStudy on_reviews(Asked asked) {
  return [asked](const study::Setup& setup, Generator& rng) {
    return std::make_unique<ReviewStudy>(asked, setup, rng);
  };
}

}  // namespace heed::tasks
