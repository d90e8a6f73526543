// Forecasting: two sines of one period under little noise, 64 places seen, 16 asked for. The period
// is another in every series, so that no linear filter forecasts all; who finds it copies what
// stood one period before. That is the seasonal naive forecast, given the true period here, and it
// is what auto-correlation looks for. Beside it a ridge regression: the best of fixed linear
// forecasts, which on many series that people collect is not beaten (Zeng et al. 2022, arXiv
// 2205.13504). Wu et al. 2021, arXiv 2106.13008; Zhou et al. 2022, arXiv 2201.12740.
#include "examples/tasks/series/sinusoids.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "attention/block.h"
#include "attention/catalog.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/conv.h"

namespace heed::tasks {
namespace {

constexpr double noise = 0.1;

Tensor past(const Tensor& values) { return slice(values, 1, 0, series_seen); }
Tensor future(const Tensor& values) { return slice(values, 1, series_seen, series_length); }

}  // namespace

SeriesBatch draw_series(Index batch, Generator& rng) {
  std::vector<Real> values;
  SeriesBatch drawn;
  for (Index b = 0; b < batch; ++b) {
    drawn.periods.push_back(8 + rng.below(9));
    const double turn = 2 * std::numbers::pi / static_cast<double>(drawn.periods.back());
    const double a = rng.uniform(0, 2 * std::numbers::pi);
    const double second = rng.uniform(0, 2 * std::numbers::pi);
    for (Index i = 0; i < series_length; ++i) {
      const auto t = static_cast<double>(i);
      values.push_back(static_cast<Real>(std::sin(turn * t + a) +
                                         0.5 * std::sin(2 * turn * t + second) +
                                         noise * rng.normal()));
    }
  }
  drawn.values = Tensor({batch, series_length}, values);
  return drawn;
}

double error_of_seasonal_naive(const SeriesBatch& batch) {
  double total = 0;
  const auto series = static_cast<Index>(batch.periods.size());
  for (Index b = 0; b < series; ++b) {
    const Real* row = batch.values.data() + b * series_length;
    const Index period = batch.periods[static_cast<std::size_t>(b)];
    for (Index t = series_seen; t < series_length; ++t) {
      Index before = t - period;
      while (before >= series_seen) before -= period;
      const double off = static_cast<double>(row[t] - row[before]);
      total += off * off;
    }
  }
  return total / static_cast<double>(series * series_asked);
}

double error_of_ridge(const SeriesBatch& batch, const SeriesBatch& fitted) {
  constexpr double ridge = 1;
  const Tensor x = past(fitted.values), y = future(fitted.values);
  const Tensor square_of_x = matmul(transpose(x), x) + Tensor::eye(series_seen) * ridge;
  const Tensor weights = solve(square_of_x, matmul(transpose(x), y));  // (64, 16)
  const Tensor off = matmul(past(batch.values), weights) - future(batch.values);
  return static_cast<double>(mean(square(off)).item());
}

namespace {

class SeriesStudy : public study::Study {
 public:
  SeriesStudy(const study::Setup& setup, Generator& rng)
      : smooth_(child<nn::Conv1d>("smooth", 2, setup.settings.width, 3, rng, {.padding = 1})),
        norm_(child<nn::LayerNorm>("norm", setup.settings.width)),
        answer_(child<nn::Linear>("answer", setup.settings.width, 1, rng)) {
    const Index width = setup.settings.width;
    // Who keeps order by itself does without positions.
    if (attention::find(setup.name).exempt_from("U4") == nullptr) {
      positions_ = &child<nn::LearnedPositions>("positions", series_length, width, rng,
                                                models::embedding_deviation);
    }
    for (Index i = 0; i < setup.settings.layers; ++i) {
      blocks_.push_back(&child<attention::EncoderBlock>(
          "layers." + std::to_string(i),
          attention::BlockOptions{.width = width, .hidden = 2 * width},
          setup.mechanism(series_length, rng), rng));
    }
  }

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_series(count, rng);
  }
  study::Samples samples() const override { return batch_.values; }

  Tensor loss() override {
    const attention::Mixed said = forecast();
    return study::plus(mean(square(said.y - future(batch_.values))), said.auxiliary);
  }
  double score() const override {
    return static_cast<double>(mean(square(forecast().y - future(batch_.values))).item());
  }

  study::Details details() const override {
    Generator rng = Generator(1).stream("ridge");
    study::Details found{{"seasonal naive, true period", error_of_seasonal_naive(batch_)},
                         {"ridge", error_of_ridge(batch_, draw_series(4096, rng))}};
    const attention::MapRecorder recorder;
    forecast();
    for (const attention::Map& map : recorder.maps()) {  // in the layer that finds most
      if (map.kind != attention::MapKind::implied) continue;
      found["lag found"] = std::max(found["lag found"], lags_found(map.weights));
    }
    return found;
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    for (Index t = 0; t < series_length; ++t) names.push_back(std::to_string(t));
    const attention::MapRecorder recorder;
    forecast();
    return study::drawn_maps(recorder, names, names);
  }

 private:
  // (B, 16)
  attention::Mixed forecast() const {
    const Index batch = batch_.values.dim(0);
    const Tensor value = pad(past(batch_.values), 1, 0, series_asked);              // (B, 80)
    const Tensor hidden = pad(Tensor::zeros({batch, series_seen}), 1, 0, series_asked,
                              {.value = 1});                                        // (B, 80)
    attention::Mixed mixed{.y = transpose(smooth_(stack({value, hidden}, 1)))};     // (B, 80, C)
    if (positions_ != nullptr) mixed.y = (*positions_)(mixed.y);
    for (const attention::EncoderBlock* block : blocks_) {
      attention::Mixed next = (*block)(attention::MixerInput{.x = mixed.y});
      next.auxiliary = study::plus(mixed.auxiliary, next.auxiliary);
      mixed = std::move(next);
    }
    mixed.y = future(select(answer_(norm_(mixed.y)), -1, 0));
    return mixed;
  }

  // Of all series, the share whose heaviest lag but 0 is a multiple of the period, forwards or
  // backwards. `weights` (B, H, 80, 80) of lags: row 0 is by lag.
  double lags_found(const Tensor& weights) const {
    const Indices lags = argmax(slice(sum(select(weights, 2, 0), {1}), 1, 1, series_length), -1);
    double found = 0;
    for (Index b = 0; b < lags.size(); ++b) {
      const Index lag = 1 + lags[b], period = batch_.periods[static_cast<std::size_t>(b)];
      found += lag % period == 0 || (series_length - lag) % period == 0 ? 1 : 0;
    }
    return found / static_cast<double>(lags.size());
  }

  SeriesBatch batch_;
  nn::Conv1d& smooth_;
  nn::LearnedPositions* positions_ = nullptr;
  std::vector<attention::EncoderBlock*> blocks_;
  nn::LayerNorm& norm_;
  nn::Linear& answer_;
};

}  // namespace

study::Task sinusoids() {
  using enum study::Expect;
  constexpr double variance = 0.5 + 0.125 + noise * noise;  // of what is asked for
  return {.name = "sinusoids",
          .title = "go on with two sines of an unknown period",
          .what = "64 places of a series with a period of its own, and the next 16 are asked for. "
                  "Who finds the period reads what stood one period before.",
          .metric = "squared error",
          .better = study::Better::lower,
          .settings = {.layers = 2, .steps = 300, .lr = 2e-3},
          .chance = variance,
          .floor = variance,
          .level = 0.05,
          .seconds = 6,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "auto-correlation", .options = {{"lags", 3}}},
                   {.mechanism = "auto-correlation",
                    .label = "fixed lags",
                    .why = "The lags 0, 1 and 2 instead of the best: without the search nothing of "
                           "the period is left. At half the steps; with all of them it is no "
                           "better.",
                    .options = {{"lags", 3}, {"fixed", 1}},
                    .settings = {{"steps", 150}},
                    .expect = fails},
                   {.mechanism = "fedformer",
                    .why = "Its filters are fixed, and what stands between two of them is not: it "
                           "does better than to copy one period."}},
          .beside = {{.mechanism = "multihead",
                      .why = "With positions; the weights of a place are found one by one."}},
          .make = study::make_study<SeriesStudy>};
}

}  // namespace heed::tasks
