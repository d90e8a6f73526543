#include "autograd/calling.h"
#include "autograd/ops/cross_entropy.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "autograd/kernels/cross_entropy.h"
#include "autograd/ledger.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/ids.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

struct Plan {
  CountedRows counted;
  Tensor spread;  // where counted.spread points; undefined without smoothing
};

void check(const Tensor& logits, const Indices& labels, const CrossEntropyOptions& options) {
  if (logits.rank() == 0 || logits.shape().erased(-1) != labels.shape()) {
    throw ShapeError(fmt::format(
        "[cross_entropy] labels {} must have the shape of logits {} without its last axis",
        labels.shape().str(), logits.shape().str()));
  }
  if (options.weight.defined() && options.weight.shape() != Shape{logits.dim(-1)}) {
    throw ShapeError(
        fmt::format("[cross_entropy] weight {} must have one value for each of the {} classes",
                    options.weight.shape().str(), logits.dim(-1)));
  }
  if (!(options.label_smoothing >= 0 && options.label_smoothing <= 1)) {
    throw ValueError(fmt::format("[cross_entropy] label_smoothing must be in [0, 1], got {}",
                                 options.label_smoothing));
  }
}

Plan make_plan(const Tensor& logits, const Indices& labels, const CrossEntropyOptions& options) {
  check(logits, labels, options);
  const Index classes = logits.dim(-1);
  const Tensor weight = options.weight.defined() ? options.weight.detach() : Tensor();
  Plan plan;
  CountedRows& counted = plan.counted;
  double total = 0;
  for (Index r = 0; r < labels.size(); ++r) {
    const std::int32_t label = labels[r];
    if (label == options.ignore_index) continue;
    if (label < 0 || label >= classes) {
      throw ValueError(
          fmt::format("[cross_entropy] label {} at position {} is outside [0, {}), the classes\n"
                      "hint: rows to leave out are labelled ignore_index, here {}",
                      label, r, classes, options.ignore_index));
    }
    const double counts = weight.defined() ? static_cast<double>(weight.data()[label]) : 1;
    total += counts;
    counted.rows.push_back(checked_id("cross_entropy", r));
    counted.labels.push_back(label);
    counted.targets.push_back(static_cast<Real>((1 - options.label_smoothing) * counts));
  }
  if (options.label_smoothing > 0) {
    const NoGrad no_grad;
    const double each = options.label_smoothing / static_cast<double>(classes);
    plan.spread =
        weight.defined() ? weight * each : Tensor::full({classes}, static_cast<Real>(each));
    counted.spread = plan.spread.data();
    for (const Real value : plan.spread.values()) counted.spread_sum += static_cast<double>(value);
  }
  if (options.reduction == Reduction::mean && !counted.rows.empty()) counted.divisor = total;
  return plan;
}

Tensor reduced(const std::vector<Real>& losses, const CountedRows& plan, const Shape& shape,
               Reduction reduction) {
  if (reduction == Reduction::none) {
    const Tensor each = Tensor::zeros(shape);
    Real* to = each.mutable_data();
    for (std::size_t i = 0; i < losses.size(); ++i) to[plan.rows[i]] = losses[i];
    return each;
  }
  double total = 0;
  for (const Real loss : losses) total += static_cast<double>(loss);
  return Tensor::scalar(static_cast<Real>(total / plan.divisor));
}

}  // namespace

Tensor cross_entropy(const Tensor& logits, const Indices& labels,
                     const CrossEntropyOptions& options) {
  const Calling calling("cross_entropy");
  if (logits.rank() > 0 && logits.shape().axis(options.axis, "cross_entropy") < logits.rank() - 1) {
    CrossEntropyOptions over_last = options;
    over_last.axis = -1;
    return cross_entropy(to_last(logits, options.axis), labels, over_last);
  }
  const Plan plan = make_plan(logits, labels, options);
  const bool all_count = static_cast<Index>(plan.counted.rows.size()) == labels.size();
  Tensor gradient = all_count ? Tensor::empty(logits.shape()) : Tensor::zeros(logits.shape());
  std::vector<Real> losses(plan.counted.rows.size());
  cross_entropy_rows(plan.counted, logits.data(), logits.dim(-1), losses.data(),
                     gradient.mutable_data());
  const Tensor loss = reduced(losses, plan.counted, labels.shape(), options.reduction);
  CrossEntropyOptions kept = options;
  // A copy, whatever becomes of the weight afterwards.
  if (kept.weight.defined()) kept.weight = Tensor(kept.weight.shape(), kept.weight.values());
  count_cost(0, 2 * static_cast<std::uint64_t>(logits.size()) * sizeof(Real));
  return fused(
      "cross_entropy", loss, {logits},
      [gradient = keep(gradient), reduction = options.reduction](
          const std::vector<Tensor>&, const Tensor& g, Wanted, Tensor* out) {
        if (reduction == Reduction::none) {
          out[0] = gradient() * reshape(g, g.shape().inserted(g.rank(), 1));  // (..., C) * (..., 1)
          return;
        }
        // A loss that is differentiated itself, as nearly all are, needs no other pass.
        out[0] = g.item() == 1 ? gradient() : gradient() * g;
      },
      [labels, kept = std::move(kept)](const std::vector<Tensor>& in) {
        return twin::cross_entropy(in[0], labels, kept);
      });
}

Tensor twin::cross_entropy(const Tensor& logits, const Indices& labels,
                           const CrossEntropyOptions& options) {
  const Plan plan = make_plan(logits, labels, options);
  const CountedRows& counted = plan.counted;
  const auto count = static_cast<Index>(counted.rows.size());
  const Indices rows(counted.rows);
  const Tensor surprise = -twin::log_softmax(
      index_select(reshape(logits, {labels.size(), logits.dim(-1)}), rows));          // (count, C)
  Tensor losses = sum(take_along(surprise, Indices({count, 1}, counted.labels)), {-1});  // (count)
  losses = losses * Tensor({count}, counted.targets);
  if (plan.spread.defined()) losses = losses + sum(surprise * plan.spread, {-1});
  if (options.reduction != Reduction::none) return sum(losses) / counted.divisor;
  return reshape(index_add(losses, rows, labels.size()), labels.shape());
}

}  // namespace heed::inline HEED_REAL
