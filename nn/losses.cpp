#include "nn/losses.h"

#include <fmt/format.h>

#include <limits>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::nn {
namespace {

void check_pair(const char* loss, const char* what, const Tensor& prediction,
                const Tensor& target) {
  if (prediction.shape() == target.shape()) return;
  throw ShapeError(fmt::format("[{}] {} {} and target {} must have one shape", loss, what,
                               prediction.shape().str(), target.shape().str()));
}

// Huber's of a difference. Up to delta `bend` is d, so that d^2 / 2 is left.
Tensor huber_of(const Tensor& d, double delta) {
  const Tensor size = abs(d);
  const Tensor bend = where(size < delta, size, delta);
  return bend * (size - 0.5 * bend);
}

// True at the label of every row. labels (...) -> (..., C).
Mask at_label(const Indices& labels, Index classes) {
  std::vector<std::uint8_t> at(static_cast<std::size_t>(labels.size() * classes));
  for (Index r = 0; r < labels.size(); ++r) {
    at[static_cast<std::size_t>(r * classes + labels[r])] = 1;
  }
  return Mask(labels.shape().inserted(labels.shape().rank(), classes), std::move(at));
}

}  // namespace

Tensor reduce(const Tensor& values, Reduction reduction) {
  if (reduction == Reduction::none) return values;
  if (reduction == Reduction::sum || values.size() == 0) return sum(values);
  return mean(values);
}

Tensor mse(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  check_pair("mse", "prediction", prediction, target);
  return reduce(square(prediction - target), reduction);
}

Tensor huber(const Tensor& prediction, const Tensor& target, double delta, Reduction reduction) {
  check_pair("huber", "prediction", prediction, target);
  if (!(delta > 0)) throw ValueError(fmt::format("[huber] delta must be above 0, got {}", delta));
  return reduce(huber_of(prediction - target, delta), reduction);
}

Tensor smooth_l1(const Tensor& prediction, const Tensor& target, double beta, Reduction reduction) {
  check_pair("smooth_l1", "prediction", prediction, target);
  if (!(beta >= 0)) throw ValueError(fmt::format("[smooth_l1] beta must be >= 0, got {}", beta));
  const Tensor d = prediction - target;
  return reduce(beta == 0 ? abs(d) : huber_of(d, beta) / beta, reduction);
}

Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyOptions& options) {
  check_pair("binary_cross_entropy_with_logits", "logits", logits, target);
  // -log sigmoid(z) = softplus(-z), which overflows nowhere.
  // A class of share 0 costs nothing, also where its logit is infinite.
  const Mask some = ne(target, 0), others = ne(target, 1);
  const Tensor positive = target * where(some, softplus(where(some, -logits, 0.0)), 0.0);
  const Tensor negative = (1 - target) * where(others, softplus(where(others, logits, 0.0)), 0.0);
  if (!options.pos_weight.defined()) return reduce(positive + negative, options.reduction);
  const Tensor weighted = options.pos_weight * positive;
  if (weighted.shape() != logits.shape()) {
    throw ShapeError(
        fmt::format("[binary_cross_entropy_with_logits] pos_weight {} must broadcast to logits {}",
                    options.pos_weight.shape().str(), logits.shape().str()));
  }
  return reduce(weighted + negative, options.reduction);
}

Tensor kl_div(const Tensor& log_probabilities, const Tensor& target, const KlDivOptions& options) {
  check_pair("kl_div", "log-probabilities", log_probabilities, target);
  if (options.log_target) {
    const Mask likely = !(target < static_cast<double>(std::numeric_limits<Real>::lowest()));
    const Tensor gap = where(likely, where(likely, target, 0.0) - log_probabilities, 0.0);
    return reduce(exp(target) * gap, options.reduction);
  }
  // Neither log(0) nor the infinite surprise of what cannot happen may meet a factor of 0.
  const Mask possible = ne(target, 0);  // also NaN, which is to show
  const Tensor information =
      where(possible, log(where(possible, target, 1.0)) - log_probabilities, 0.0);
  return reduce(target * information, options.reduction);
}

Tensor multi_margin(const Tensor& scores, const Indices& labels,
                    const MultiMarginOptions& options) {
  if (scores.rank() == 0 || scores.shape().erased(-1) != labels.shape()) {
    throw ShapeError(fmt::format(
        "[multi_margin] labels {} must have the shape of scores {} without its last axis",
        labels.shape().str(), scores.shape().str()));
  }
  if (options.p != 1 && options.p != 2) {
    throw ValueError(fmt::format("[multi_margin] p must be 1 or 2, got {}", options.p));
  }
  const Index classes = scores.dim(-1);
  for (Index r = 0; r < labels.size(); ++r) {
    if (labels[r] >= 0 && labels[r] < classes) continue;
    throw ValueError(fmt::format("[multi_margin] label {} at position {} is outside [0, {})",
                                 labels[r], r, classes));
  }
  const Indices columns = labels.reshape(labels.shape().inserted(labels.shape().rank(), 1));
  const Tensor own = take_along(scores, columns);             // (..., C) -> (..., 1)
  const Tensor missed = relu(options.margin - own + scores);  // (..., C)
  const Tensor raised = options.p == 1 ? missed : square(missed);
  const Tensor others = where(at_label(labels, classes), 0.0, raised);
  return reduce(sum(others, {-1}) / static_cast<double>(classes), options.reduction);  // (...)
}

}  // namespace heed::inline HEED_REAL::nn
