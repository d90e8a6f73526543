#include "attention/training/adversarial.h"

#include <fmt/format.h>

#include <optional>

#include "attention/entries.h"
#include "attention/score_leaves.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "autograd/with_grad.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// The axes over which the scores of a sample lie.
Axes of_a_sample(const Tensor& scores) {
  if (scores.rank() == 4) return {1, 2, 3};
  std::vector<int> all;
  for (int axis = 0; axis < scores.rank(); ++axis) all.push_back(axis);
  return all;
}

// The largest magnitude of each sample, with extents of 1 in the place of its axes; 1 where all are
// 0. What is divided by it is near 1: it can be squared, and something divided by its length.
Tensor largest_or_one(const Tensor& x) {
  const Tensor largest = max(abs(x), of_a_sample(x), true);
  return where(largest > 0, largest, 1.0);
}

Tensor plain_lengths(const Tensor& x) { return sqrt(sum(square(x), of_a_sample(x), true)); }

void require_room(const char* who, double eps) {
  if (eps >= 0) return;
  throw ValueError(fmt::format("[{}] eps must not be negative: {}", who, eps));
}

// The nearest point whose samples are no longer than eps.
Tensor into_ball(const Tensor& r, double eps) {
  if (r.size() == 0) return r;
  const Tensor unit = largest_or_one(r), length = plain_lengths(r / unit) * unit;
  return where(length > eps, r * (eps / where(length > eps, length, 1.0)), r);
}

}  // namespace

Tensor worst_direction(const Tensor& g, double eps) {
  const NoGrad no_grad;
  if (g.size() == 0) return g.detach();
  const Tensor near_one = g / largest_or_one(g), length = plain_lengths(near_one);
  return near_one * (eps / where(length > 0, length, 1.0));
}

Tensor adversarial_loss(const std::function<Tensor()>& loss, const AdversarialOptions& options) {
  require_room("adversarial_loss", options.eps);
  if (!(options.weight >= 0)) {
    throw ValueError(fmt::format("[adversarial_loss] the weight must not be negative: {}",
                                 options.weight));
  }
  if (options.eps == 0 || options.weight == 0) return loss();
  Tensor plain;
  std::vector<Tensor> shifts;
  {
    const WithGrad with_grad;
    const ScoreLeaves scores;
    plain = loss();
    for (const Tensor& g : grad({plain}, scores.leaves(), {.keep_graph = true})) {
      shifts.push_back(worst_direction(g, options.eps));
    }
  }
  const ScoreShift guard(std::move(shifts));
  return plain + loss() * options.weight;
}

std::vector<Tensor> attack(const std::function<Tensor()>& loss, const AttackOptions& options) {
  require_room("attack", options.eps);
  if (options.steps < 1) {
    throw ValueError(fmt::format("[attack] takes at least one step: {}", options.steps));
  }
  const WithGrad with_grad;
  const auto steps = static_cast<double>(options.steps);
  const double stride = options.steps == 1 ? options.eps : 2 * options.eps / steps;
  std::vector<Tensor> shifts;
  for (Index step = 0; step < options.steps; ++step) {
    std::optional<ScoreShift> guard;
    if (step > 0) guard.emplace(shifts);
    const ScoreLeaves scores;
    const std::vector<Tensor> slopes = grad({loss()}, scores.leaves());
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      const Tensor more = worst_direction(slopes[i], stride);
      if (step == 0) {
        shifts.push_back(into_ball(more, options.eps));
      } else {
        shifts[i] = into_ball(shifts[i] + more, options.eps);
      }
    }
  }
  return shifts;
}

std::vector<Tensor> random_shifts(const std::vector<Tensor>& like, double eps, Generator& rng) {
  require_room("random_shifts", eps);
  std::vector<Tensor> shifts;
  for (const Tensor& one : like) shifts.push_back(worst_direction(rng.normal(one.shape()), eps));
  return shifts;
}

Mechanism adversarial_entry() {
  const AdversarialOptions defaults;
  return {.name = "adversarial",
          .title = "Adversarial training of attention",
          .what = "Scores are moved where it hurts most, and the model has to be right there, too.",
          .paper = "Kitada, Iyatomi 2020, arXiv 2009.12064",
          .file = "attention/training/adversarial.h",
          .limit = "eps_of_zero_is_plain_training",
          .options = {{"eps", defaults.eps, "how far the scores of a sample are moved"},
                      {"weight", defaults.weight, "of the loss there (lambda)"}},
          .reductions = {{.to = "plain training",
                          .when = "eps = 0",
                          .reason = "there is nowhere to move to",
                          .test = "eps_of_zero_is_plain_training"}}};
}

}  // namespace heed::inline HEED_REAL::attention
