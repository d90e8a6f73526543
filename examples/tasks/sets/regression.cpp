// Smoothing: 40 noisy points of y = 2 sin x + x, and the curve is asked for. The estimator of
// Nadaraya 1964 and Watson 1964 is attention without projections, and all that is learned is its
// bandwidth. In training each point is guessed from the other 39; seeing itself it would learn a
// bandwidth of 0. In the test the curve is asked for at fresh places, without noise.
#include "examples/tasks/sets/regression.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

double true_curve(double x) { return 2 * std::sin(x) + x; }

CurveBatch draw_curves(Index batch, Generator& rng) {
  constexpr double noise = 0.5;
  const Shape shape{batch, regression_points};
  CurveBatch drawn{rng.uniform(shape, 0, 5), {}, rng.uniform(shape, 0, 5)};
  std::vector<Real> y;
  for (const Real x : drawn.x.values()) {
    y.push_back(static_cast<Real>(true_curve(static_cast<double>(x)) + noise * rng.normal()));
  }
  drawn.y = Tensor(shape, y);
  return drawn;
}

namespace {

// The mean squared distance of guesses (B, 40) from the curve at `at`.
template <class Guess>
double error_of(const CurveBatch& batch, Guess guess) {
  double total = 0;
  for (Index i = 0; i < batch.at.size(); ++i) {
    const auto at = static_cast<double>(batch.at.values()[static_cast<std::size_t>(i)]);
    const double off = guess(i / regression_points, i, at) - true_curve(at);
    total += off * off;
  }
  return total / static_cast<double>(batch.at.size());
}

}  // namespace

double error_of_smoother(const CurveBatch& batch, double bandwidth) {
  return error_of(batch, [&](Index b, Index, double at) {
    double total = 0, sum = 0;
    for (Index j = b * regression_points; j < (b + 1) * regression_points; ++j) {
      const double u = (at - static_cast<double>(batch.x.data()[j])) / bandwidth;
      const double weight = std::exp(-u * u / 2);
      total += weight;
      sum += weight * static_cast<double>(batch.y.data()[j]);
    }
    return total > 0 ? sum / total : 0;
  });
}

double error_of_line(const CurveBatch& batch) {
  const Tensor x0 = batch.x - mean(batch.x, {-1}, true), y0 = batch.y - mean(batch.y, {-1}, true);
  const Tensor slope = sum(x0 * y0, {-1}, true) / sum(square(x0), {-1}, true);  // (B, 1)
  const Tensor start = mean(batch.y, {-1}, true) - slope * mean(batch.x, {-1}, true);
  const Tensor line = start + slope * batch.at;  // (B, 40)
  return error_of(batch, [&](Index, Index i, double) {
    return static_cast<double>(line.data()[i]);
  });
}

namespace {

// Of the curve about its mean over [0, 5): what the mean of all points leaves.
double variance_of_curve() {
  constexpr int steps = 1000;
  double sum = 0, squares = 0;
  for (int i = 0; i < steps; ++i) {
    const double y = true_curve(5 * (i + 0.5) / steps);
    sum += y / steps;
    squares += y * y / steps;
  }
  return squares - sum * sum;
}

// The values ride along with the places, scaled down so far that they weigh nothing in a distance.
constexpr double value_scale = 1e-3;

class RegressionStudy : public study::Study {
 public:
  RegressionStudy(const study::Setup& setup, Generator& rng)
      : width_(setup.settings.width),
        mechanism_(adopt("mechanism", setup.mechanism(regression_points, rng))),
        offset_(param("offset", Tensor::zeros({1}))) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_curves(count, rng);
  }
  study::Samples samples() const override { return batch_.x; }

  Tensor loss() override {
    const Mask others = eq(Tensor::eye(regression_points), 0.0).reshape(
        {1, 1, regression_points, regression_points});
    const attention::Mixed guess = smoothed(batch_.x, taken_out_ ? Mask() : others);
    return study::plus(mean(square(guess.y - batch_.y)), guess.auxiliary);
  }

  double score() const override {
    const Tensor guess = smoothed(batch_.at, {}).y;
    return error_of(batch_, [&](Index, Index i, double) {
      return static_cast<double>(guess.data()[i]);
    });
  }

  // The mean is the same whoever asks, so nobody has to be left out of it.
  void take_out(study::Ablation ablation) override {
    Study::take_out(ablation);
    taken_out_ = true;
  }

  study::Details details() const override {
    double best = error_of_smoother(batch_, 0.1);
    for (double bandwidth = 0.12; bandwidth < 0.6; bandwidth += 0.02) {
      best = std::min(best, error_of_smoother(batch_, bandwidth));
    }
    const double reached = score(), line = error_of_line(batch_);
    return {{"best bandwidth", best},
            {"straight line", line},
            {"over the best bandwidth", reached / best},
            {"over the line", reached / line}};
  }

 private:
  // The guesses (B, 40) at places (B, 40).
  attention::Mixed smoothed(const Tensor& places, const Mask& mask) const {
    const Tensor none = Tensor::zeros(places.shape());
    attention::Mixed mixed = mechanism_.mix({.x = tokens(places, none),
                                             .context = tokens(batch_.x, batch_.y * value_scale),
                                             .mask = mask});
    mixed.y = select(mixed.y, -1, width_ - 1) * (1 / value_scale) + offset_;
    return mixed;
  }

  // (B, 40) twice -> (B, 40, C): the place in front, the value at the end.
  Tensor tokens(const Tensor& place, const Tensor& value) const {
    std::vector<Tensor> columns(static_cast<std::size_t>(width_),
                                unsqueeze(Tensor::zeros(place.shape()), -1));
    columns.front() = unsqueeze(place, -1);
    columns.back() = unsqueeze(value, -1);
    return concat(columns, -1);
  }

  Index width_;
  CurveBatch batch_;
  attention::Mixer& mechanism_;
  Tensor offset_;  // of all guesses: what a mechanism without parameters is trained by
  bool taken_out_ = false;
};

}  // namespace

study::Task regression() {
  using enum study::Expect;
  const auto starting = [](double bandwidth) {
    return study::Changes{{"projections", 0}, {"bandwidth", bandwidth}};
  };
  return {.name = "regression",
          .title = "a curve from 40 noisy points",
          .what = "40 points of 2 sin x + x with noise; the curve is asked for at other places. "
                  "The mechanism smooths, and only its bandwidth is learned.",
          .metric = "squared error",
          .better = study::Better::lower,
          .settings = {.width = 2, .batch = 16, .steps = 300, .lr = 0.05, .weight_decay = 0},
          .chance = variance_of_curve(),
          .floor = variance_of_curve(),
          .level = 0.1,
          .bars = {{.detail = "over the best bandwidth", .limit = 2, .at_most = true},
                   {.detail = "over the line", .limit = 0.2, .at_most = true}},
          .seconds = 1,
          .runs = {{.mechanism = "kernel", .options = starting(1)},
                   {.mechanism = "triangular", .options = starting(1)},
                   {.mechanism = "epanechnikov", .options = starting(1)},
                   {.mechanism = "boxcar",
                    .why = "A boxcar has no slope: the bandwidth stays where it is put.",
                    .options = starting(0.5)}},
          .beside = {{.mechanism = "scaled-dot",
                      .label = "as they are",
                      .why = "Large products win: it reads the right end, wherever it stands.",
                      .options = {{"projections", 0}}}},
          .make = study::make_study<RegressionStudy>};
}

}  // namespace heed::tasks
