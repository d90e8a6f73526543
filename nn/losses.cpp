#include "nn/losses.h"

#include <fmt/format.h>

#include <limits>
#include <utility>
#include <vector>

#include "autograd/calling.h"
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

// labels have the shape of x (..., C) without its last axis.
void check_rows(const char* loss, const char* what, const Tensor& x, const Indices& labels) {
  if (x.rank() > 0 && x.shape().erased(-1) == labels.shape()) return;
  throw ShapeError(
      fmt::format("[{}] labels {} must have the shape of {} {} without its last axis", loss,
                  labels.shape().str(), what, x.shape().str()));
}

[[noreturn]] void refuse_label(const char* loss, const Indices& labels, Index row, Index classes,
                               const std::string& hint = {}) {
  throw ValueError(fmt::format("[{}] label {} at position {} is outside [0, {}){}", loss,
                               labels[row], row, classes, hint));
}

// labels (...) -> (..., 1), to pick along the last axis.
Indices as_columns(const Indices& labels) {
  return labels.reshape(labels.shape().inserted(labels.shape().rank(), 1));
}

void check_probabilities(const Tensor& p) {
  for (Index i = 0; i < p.size(); ++i) {
    const Real value = p.data()[i];
    if (!(value < 0) && !(value > 1)) continue;
    throw ValueError(
        fmt::format("[binary_cross_entropy] probability {} at position {} is outside [0, 1]\n"
                    "hint: binary_cross_entropy_with_logits takes what a sigmoid has yet to see",
                    value, i));
  }
}

// log(x), or log(1 - y) with all its digits: -100 at the least, also where `zero` says that it is
// log(0), without a derivative there.
Tensor bounded_log(const Mask& zero, const Tensor& logarithm) {
  return where(zero, -100.0, clamp(logarithm, -100, std::numeric_limits<double>::infinity()));
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
  const Calling calling("mse");
  check_pair("mse", "prediction", prediction, target);
  return reduce(square(prediction - target), reduction);
}

Tensor l1(const Tensor& prediction, const Tensor& target, Reduction reduction) {
  const Calling calling("l1");
  check_pair("l1", "prediction", prediction, target);
  return reduce(abs(prediction - target), reduction);
}

Tensor huber(const Tensor& prediction, const Tensor& target, double delta, Reduction reduction) {
  const Calling calling("huber");
  check_pair("huber", "prediction", prediction, target);
  if (!(delta > 0)) throw ValueError(fmt::format("[huber] delta must be above 0, got {}", delta));
  return reduce(huber_of(prediction - target, delta), reduction);
}

Tensor smooth_l1(const Tensor& prediction, const Tensor& target, double beta, Reduction reduction) {
  const Calling calling("smooth_l1");
  check_pair("smooth_l1", "prediction", prediction, target);
  if (!(beta >= 0)) throw ValueError(fmt::format("[smooth_l1] beta must be >= 0, got {}", beta));
  const Tensor d = prediction - target;
  return reduce(beta == 0 ? abs(d) : huber_of(d, beta) / beta, reduction);
}

Tensor binary_cross_entropy_with_logits(const Tensor& logits, const Tensor& target,
                                        const BinaryCrossEntropyWithLogitsOptions& options) {
  const Calling calling("binary_cross_entropy_with_logits");
  check_pair("binary_cross_entropy_with_logits", "logits", logits, target);
  // -log sigmoid(z) = softplus(-z), which overflows nowhere.
  // A class of share 0 costs nothing where its logit is infinite; elsewhere 0 times the finite cost
  // stays, whose derivative by the target is that cost.
  const double most = static_cast<double>(std::numeric_limits<Real>::max());
  const Mask some = !(eq(target, 0) & (-logits > most));
  const Mask others = !(eq(target, 1) & (logits > most));
  const Tensor positive = target * softplus(where(some, -logits, 0.0));
  const Tensor negative = (1 - target) * softplus(where(others, logits, 0.0));
  if (!options.pos_weight.defined()) return reduce(positive + negative, options.reduction);
  const Tensor weighted = options.pos_weight * positive;
  if (weighted.shape() != logits.shape()) {
    throw ShapeError(
        fmt::format("[binary_cross_entropy_with_logits] pos_weight {} must broadcast to logits {}",
                    options.pos_weight.shape().str(), logits.shape().str()));
  }
  return reduce(weighted + negative, options.reduction);
}

Tensor binary_cross_entropy(const Tensor& probabilities, const Tensor& target,
                            const BinaryCrossEntropyOptions& options) {
  const Calling calling("binary_cross_entropy");
  check_pair("binary_cross_entropy", "probabilities", probabilities, target);
  check_probabilities(probabilities);
  const Mask never = eq(probabilities, 0), surely = eq(probabilities, 1);
  const Tensor positive =
      target * bounded_log(never, log(where(never, 1.0, probabilities)));
  const Tensor negative =
      (1 - target) * bounded_log(surely, log1p(-where(surely, 0.0, probabilities)));
  const Tensor each = -(positive + negative);
  if (!options.weight.defined()) return reduce(each, options.reduction);
  const Tensor weighted = options.weight * each;
  if (weighted.shape() != each.shape()) {
    throw ShapeError(
        fmt::format("[binary_cross_entropy] weight {} must broadcast to probabilities {}",
                    options.weight.shape().str(), each.shape().str()));
  }
  return reduce(weighted, options.reduction);
}

Tensor nll(const Tensor& log_probabilities, const Indices& labels, const NllOptions& options) {
  const Calling calling("nll");
  if (log_probabilities.rank() > 0 &&
      log_probabilities.shape().axis(options.axis, "nll") < log_probabilities.rank() - 1) {
    NllOptions over_last = options;
    over_last.axis = -1;
    return nll(to_last(log_probabilities, options.axis), labels, over_last);
  }
  check_rows("nll", "log-probabilities", log_probabilities, labels);
  const Index classes = log_probabilities.dim(-1);
  const Tensor weight = options.weight.defined() ? options.weight.detach() : Tensor();
  if (weight.defined() && weight.shape() != Shape{classes}) {
    throw ShapeError(fmt::format("[nll] weight {} must have one value for each of the {} classes",
                                 weight.shape().str(), classes));
  }
  std::vector<std::int32_t> columns;  // 0 where the row does not count
  std::vector<std::uint8_t> counted;
  std::vector<Real> counts;
  double total = 0;
  for (Index r = 0; r < labels.size(); ++r) {
    const bool counts_here = labels[r] != options.ignore_index;
    if (counts_here && (labels[r] < 0 || labels[r] >= classes)) {
      refuse_label("nll", labels, r, classes,
                   fmt::format(", the classes\n"
                               "hint: rows to leave out are labelled ignore_index, here {}",
                               options.ignore_index));
    }
    columns.push_back(counts_here ? labels[r] : 0);
    counted.push_back(counts_here);
    Real count = counts_here ? 1 : 0;
    if (counts_here && weight.defined()) count = weight.data()[labels[r]];
    counts.push_back(count);
    total += static_cast<double>(count);
  }
  if (classes == 0) return reduce(Tensor::zeros(labels.shape()), options.reduction);
  const Shape& rows = labels.shape();
  const Tensor own = take_along(log_probabilities, as_columns(Indices(rows, std::move(columns))));
  const Mask present(rows, std::move(counted));
  const Tensor each =
      where(present, -Tensor(rows, counts) * reshape(own, rows), 0.0);  // (..., 1) -> (...)
  if (options.reduction != Reduction::mean) return reduce(each, options.reduction);
  return any(present) ? sum(each) / total : sum(each);
}

Tensor kl_div(const Tensor& log_probabilities, const Tensor& target, const KlDivOptions& options) {
  const Calling calling("kl_div");
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
  const Calling calling("multi_margin");
  check_rows("multi_margin", "scores", scores, labels);
  if (options.p != 1 && options.p != 2) {
    throw ValueError(fmt::format("[multi_margin] p must be 1 or 2, got {}", options.p));
  }
  const Index classes = scores.dim(-1);
  for (Index r = 0; r < labels.size(); ++r) {
    if (labels[r] < 0 || labels[r] >= classes) refuse_label("multi_margin", labels, r, classes);
  }
  const Tensor own = take_along(scores, as_columns(labels));  // (..., C) -> (..., 1)
  const Tensor missed = relu(options.margin - own + scores);  // (..., C)
  const Tensor raised = options.p == 1 ? missed : square(missed);
  const Tensor others = where(at_label(labels, classes), 0.0, raised);
  return reduce(sum(others, {-1}) / static_cast<double>(classes), options.reduction);  // (...)
}

}  // namespace heed::inline HEED_REAL::nn
