// U2, U9, U12, U16: what the weights are, and what follows for the output. All of it on the
// mechanism itself: its maps are recorded, its scores shifted.
#include <algorithm>
#include <cmath>
#include <limits>

#include "attention/maps.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "tests/attention/law_list.h"
#include "tests/attention/subject.h"

namespace heed::inline HEED_REAL::laws {

namespace {

using attention::Graph;
using attention::Map;
using attention::MapKind;
using attention::MapRecorder;
using attention::Mechanism;
using attention::ScoreShift;

struct Seen {
  Tensor y;
  std::vector<Tensor> weights;  // one an attention: (B, H, T, S)
};

// A forward pass with these shifts of the scores; without any where there are none.
Seen look(const Subject& subject, const Call& call, const std::vector<Tensor>& shifts,
          Worst& worst) {
  MapRecorder recorder;
  Seen seen;
  if (shifts.empty()) {
    seen.y = subject(call);
  } else {
    const ScoreShift guard(shifts);
    seen.y = subject(call);
    worst.demand(guard.used() == shifts.size(), "its scores cannot be shifted");
  }
  for (const Map& map : recorder.maps()) {
    if (map.kind == MapKind::weights) seen.weights.push_back(map.weights);
  }
  worst.demand(!seen.weights.empty(), "no map of weights was published");
  return seen;
}

Call padded_call() {
  return {.x = sample({2, 5, 8}, 22), .context = {}, .mask = {}};
}

// log a where a > 0: the scores, up to a constant a row.
Tensor log_of(const Tensor& weights) {
  const Mask seen = weights > 0;
  return where(seen, log(where(seen, weights, 1.0)), 0.0);
}

Tensor mean_weights(const Tensor& weights) {
  const Tensor counts = to_tensor(weights > 0);
  return counts / sum(counts, {-1}, true);
}

}  // namespace

Verdict weights_are_a_distribution(const Mechanism& row, double bar) {
  Worst worst{bar};
  for (const bool is_causal : {false, true}) {
    if (is_causal && !row.as_mixer().can.causal) continue;
    const Subject subject(row, small_config(is_causal));
    for (const bool padded : {false, true}) {
      if (padded && !row.as_mixer().can.padding) continue;
      MapRecorder recorder;
      subject(
          {.x = sample({2, 5, 8}, 21), .mask = padded ? attention::padding({5, 3}, 5) : Mask()});
      worst.demand(!recorder.maps().empty(), "no map was published");
      for (const attention::Map& map : recorder.maps()) {
        const Tensor sums = sum(map.weights, {-1});
        worst.see(distance(sums, Tensor::ones(sums.shape())), "rows do not sum to 1");
        const auto lowest =
            std::min_element(map.weights.values().begin(), map.weights.values().end());
        worst.see(std::max(0.0, -static_cast<double>(*lowest)), "a weight is negative");
      }
    }
  }
  return worst.verdict;
}

Verdict shift_of_scores_is_ignored(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config());
  const Call call = padded_call();
  const Seen plain = look(subject, call, {}, worst);
  for (const double c : {1e4, -1e4}) {
    const std::vector<Tensor> shifts(plain.weights.size(), Tensor::scalar(static_cast<Real>(c)));
    worst.see(distance(look(subject, call, shifts, worst).y, plain.y), "all scores of a row + c");
  }
  std::vector<Tensor> uneven;
  for (const Tensor& weights : plain.weights) uneven.push_back(sample(weights.shape(), 23) * 1e4);
  const Tensor moved = look(subject, call, uneven, worst).y;
  worst.demand(finite(moved), "scores of 1e4 are not finite");
  worst.demand(distance(moved, plain.y) > 0, "shifted scores change nothing");
  return worst.verdict;
}

// With a = softmax(s), scores s + (1 / tau - 1) log a are s / tau up to a constant a row.
Verdict temperature_has_its_limits(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config());
  const Call call = padded_call();
  const Seen plain = look(subject, call, {}, worst);
  const auto at = [&](double tau) {
    std::vector<Tensor> shifts;
    for (const Tensor& weights : plain.weights) shifts.push_back(log_of(weights) * (1 / tau - 1));
    return look(subject, call, shifts, worst).weights;
  };
  const std::vector<Tensor> hot = at(1e9), cold = at(1e-5);
  for (std::size_t i = 0; i < plain.weights.size(); ++i) {
    const Tensor& weights = plain.weights[i];
    worst.demand(sum(to_tensor(weights > 0)).item() > sum(weights).item() + 1,
                 "one weight a row: nothing to spread or to sharpen");
    worst.see(distance(hot[i], mean_weights(weights)), "hot: not the mean");
    const Tensor best = one_hot(argmax(weights, -1), weights.dim(-1));
    worst.see(distance(cold[i], best), "cold: not the best");
  }
  return worst.verdict;
}

// As initialised, output biases are 0, so y is linear in the weights a that it was made with: then
// <a, d<c, y> / da> = <c, y> for every c, whatever the values are.
Verdict weights_make_the_output(const Mechanism& row, double bar) {
  Worst worst{bar};
  const Subject subject(row, small_config(), true);
  subject.mixer().train();  // where weights are drawn, they have a gradient only in training
  subject.mixer().seed_draws(7, 0);
  Tensor x = sample({2, 5, 8}, 24).detach();
  x.require_grad();
  const MapRecorder recorder(Graph::keep);
  const Tensor y = subject(x);
  std::vector<Tensor> weights;
  for (const Map& map : recorder.maps()) weights.push_back(map.weights);
  worst.demand(!weights.empty(), "no map was published");
  const Tensor read = sum(y * sample(y.shape(), 25));
  double through_weights = 0;
  const std::vector<Tensor> slopes = grad({read}, weights);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    through_weights += static_cast<double>(sum(weights[i] * slopes[i]).item());
  }
  worst.see(std::abs(through_weights - static_cast<double>(read.item())),
            "the output is not made with the published weights");
  return worst.verdict;
}

}  // namespace heed::inline HEED_REAL::laws
