// Tone: which of 16 sines lies under the noise? Its phase is random, so that no sample and no
// filter at a fixed place tells it; its frequency does at once. A mechanism that mixes by a Fourier
// transform has the answer in one place. Noise hides part of it: what the periodogram, the best
// there is, gets right is the ceiling, and it is reported beside.
// Lee-Thorp et al. 2021, arXiv 2105.03824; the periodogram as maximum likelihood: Rife, Boorstyn
// 1974, IEEE Transactions on Information Theory 20.
#include "examples/tasks/series/tone.h"

#include <cmath>
#include <numbers>

#include "attention/block.h"
#include "attention/catalog.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr double noise = 1.5;
// Hidden units of the network that stands in the mechanism's place: as many parameters as the model
// with FNet has.
constexpr Index peer_hidden = 456;

}  // namespace

ToneBatch draw_tones(Index batch, Generator& rng) {
  std::vector<Real> samples;
  std::vector<std::int32_t> tones;
  for (Index b = 0; b < batch; ++b) {
    tones.push_back(rng.below(static_cast<std::int32_t>(tone_count)));
    const double turns = static_cast<double>(tone_lowest + tones.back()) / tone_length;
    const double phase = rng.uniform();
    for (Index t = 0; t < tone_length; ++t) {
      const double angle = 2 * std::numbers::pi * (turns * static_cast<double>(t) + phase);
      samples.push_back(static_cast<Real>(std::sin(angle) + noise * rng.normal()));
    }
  }
  return {Tensor({batch, tone_length}, samples), Indices(std::move(tones))};
}

double accuracy_of_periodogram(const ToneBatch& batch) {
  const Tensor power = sum(square(rfft(batch.samples)), {-1});  // (B, 33)
  return study::share_right(slice(power, 1, tone_lowest, tone_lowest + tone_count), batch.tones);
}

namespace {

class ToneStudy : public study::Study {
 public:
  ToneStudy(const study::Setup& setup, Generator& rng)
      : sample_(child<nn::Linear>("sample", 1, setup.settings.width, rng)),
        block_(child<attention::EncoderBlock>(
            "block",
            attention::BlockOptions{.width = setup.settings.width,
                                    .hidden = 2 * setup.settings.width},
            setup.mechanism(tone_length, rng), rng)),
        norm_(child<nn::LayerNorm>("norm", setup.settings.width)),
        answer_(child<nn::Linear>("answer", tone_length * setup.settings.width, tone_count, rng)),
        peer_(child<nn::Linear>("peer", tone_length, peer_hidden, rng)),
        peer_answer_(child<nn::Linear>("peer_answer", peer_hidden, tone_count, rng)) {
    // Who keeps order by itself does without positions.
    if (attention::find(setup.name).exempt_from("U4") != nullptr) return;
    positions_ = &child<nn::LearnedPositions>("positions", tone_length, setup.settings.width, rng,
                                              models::embedding_deviation);
  }

  void draw(Index count, study::Split, Generator& rng) override { batch_ = draw_tones(count, rng); }
  study::Samples samples() const override { return batch_.samples; }

  Tensor loss() override {
    learned_ = true;
    const attention::Mixed said = classify();
    return study::plus(cross_entropy(said.y, batch_.tones), said.auxiliary);
  }
  double score() const override { return study::share_right(classify().y, batch_.tones); }
  study::Details details() const override {
    return {{"periodogram, the ceiling", accuracy_of_periodogram(batch_)}};
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    for (Index t = 0; t < tone_length; ++t) names.push_back(std::to_string(t));
    const attention::MapRecorder recorder;
    classify();
    return study::drawn_maps(recorder, names, names);
  }

  // Before training a network in the mechanism's place, which learns; after it zeros, since that
  // network has learned nothing.
  void take_out(study::Ablation ablation) override {
    if (ablation == study::Ablation::none) {
      without_ = false;
      Study::take_out(ablation);
    } else if (learned_) {
      Study::take_out(study::Ablation::zero);
    } else {
      without_ = true;
    }
  }

 private:
  // The logits (B, 16).
  attention::Mixed classify() const {
    if (without_) return {.y = peer_answer_(gelu(peer_(batch_.samples)))};
    Tensor x = sample_(unsqueeze(batch_.samples, -1));  // (B, 64, C)
    if (positions_ != nullptr) x = (*positions_)(x);
    attention::Mixed mixed = block_(attention::MixerInput{.x = x});
    mixed.y = answer_(reshape(norm_(mixed.y), {x.dim(0), -1}));
    return mixed;
  }

  ToneBatch batch_;
  bool without_ = false, learned_ = false;
  nn::Linear& sample_;
  nn::LearnedPositions* positions_ = nullptr;
  attention::EncoderBlock& block_;
  nn::LayerNorm& norm_;
  nn::Linear& answer_;
  nn::Linear& peer_;
  nn::Linear& peer_answer_;
};

}  // namespace

study::Task tone() {
  using enum study::Expect;
  return {.name = "tone",
          .title = "which of 16 sines lies under the noise",
          .what = "64 samples of a sine of random phase, under noise. Its frequency is asked for, "
                  "which a Fourier transform puts into one place.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "zeros; from the first step a network of as many parameters over the "
                            "samples",
          .settings = {.steps = 600, .lr = 1e-2, .test_samples = 2048},
          .chance = 1.0 / tone_count,
          .floor = 1.0 / tone_count,
          .level = 0.86,
          .seconds = 3,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "fnet",
                    .why = "The periodogram, which nothing can surpass, is right in .89 of the "
                           "samples. A network of as many parameters over the samples, trained in "
                           "its place, has .83 to .85: the task is not one that only this "
                           "mechanism solves."}},
          .beside = {{.mechanism = "multihead",
                      .why = "Weights that are never negative make no wave of a column of samples; "
                             "with positions, too, it learns no tone in these steps."}},
          .make = study::make_study<ToneStudy>};
}

}  // namespace heed::tasks
