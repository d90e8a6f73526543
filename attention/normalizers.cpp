#include "attention/normalizers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/graph.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr double hidden = -std::numeric_limits<double>::infinity();

// The weights of one row; scores of -inf are hidden. With z = (alpha - 1)(s - max s), the sum of
// [z - tau]^(1 / (alpha - 1)) is convex and falls in tau, and at tau = -1 it is at least 1: the
// steps of Newton from there come closer from one side.
void entmax_row(const Real* scores, Index count, double alpha, Real* weights) {
  const double slope = alpha - 1, power = 1 / slope;
  const double top = static_cast<double>(*std::max_element(scores, scores + count));
  if (top == hidden) return std::fill(weights, weights + count, Real{0});
  double tau = -1;
  for (int step = 0; step < 100; ++step) {
    double total = 0, fall = 0;  // the sum, and how fast it falls
    for (Index j = 0; j < count; ++j) {
      const double base = slope * (static_cast<double>(scores[j]) - top) - tau;
      const double weight = base <= 0 ? 0 : std::pow(base, power);  // a NaN stays
      total += weight;
      if (base > 0) fall += power * weight / base;
      weights[j] = static_cast<Real>(weight);
    }
    const double next = tau + (total - 1) / fall;
    if (!(next > tau)) break;
    tau = next;
  }
  double total = 0;
  for (Index j = 0; j < count; ++j) total += static_cast<double>(weights[j]);
  for (Index j = 0; j < count; ++j) {
    weights[j] = static_cast<Real>(static_cast<double>(weights[j]) / total);
  }
}

// How fast each weight grows with its score as long as tau stays: p^(2 - alpha) on the support.
Tensor speeds(const Tensor& p, const Tensor& alpha) {
  const Mask support = p > 0;
  return where(support, pow(where(support, p, 1.0), 2 - alpha), 0.0);
}

// The same, divided by their sum: how tau follows the scores.
Tensor shares(const Tensor& speed) {
  const Tensor total = sum(speed, {-1}, true);
  return speed / where(total > 0, total, 1.0);
}

Tensor gradient_of_scores(const Tensor& g, const Tensor& p, const Tensor& alpha) {
  const Tensor wanted = where(p > 0, g, 0.0), speed = speeds(p, alpha);
  return speed * (wanted - sum(wanted * shares(speed), {-1}, true));
}

Tensor gradient_of_alpha(const Tensor& g, const Tensor& p, const Tensor& alpha) {
  const Mask support = p > 0;
  const Tensor share = shares(speeds(p, alpha)), slope = alpha - 1;
  const Tensor spread = p * log(where(support, p, 1.0));  // p log p
  const Tensor turned = (spread - share * sum(spread, {-1}, true)) / slope;
  return sum(where(support, g, 0.0) * ((p - share) / square(slope) - turned), {-1}, true);
}

}  // namespace

Tensor softmax_over(const Tensor& scores, const Mask& visible) {
  return visible.defined() ? masked_softmax(scores, visible) : softmax(scores);
}

Tensor entmax_over(const Tensor& scores, const Tensor& alpha, const Mask& visible) {
  for (const Real value : alpha.values()) {
    if (value > 1 && value <= 2) continue;
    throw ValueError(fmt::format("[entmax_over] alpha must lie in (1, 2]: got {}\nhint: at 1 it is "
                                 "softmax_over",
                                 value));
  }
  const Index count = scores.dim(-1);
  const Tensor orders = expand(alpha, scores.shape().with(-1, 1));  // (..., T, 1)
  const Tensor open = visible.defined() ? where(visible, scores, hidden) : scores;
  Tensor p = Tensor::empty(scores.shape());
  for (Index row = 0; row < orders.size() && count > 0; ++row) {
    entmax_row(open.data() + row * count, count, static_cast<double>(orders.data()[row]),
               p.mutable_data() + row * count);
  }
  return differentiable(
      "entmax_over", p,
      wrt(scores, [at = keep(orders)](const Tensor& g, const Tensor& y) {
        return gradient_of_scores(g, y, at());
      }),
      wrt(orders, [at = keep(orders)](const Tensor& g, const Tensor& y) {
        return gradient_of_alpha(g, y, at());
      }));
}

Tensor entmax_over(const Tensor& scores, double alpha, const Mask& visible) {
  if (alpha == 1) return softmax_over(scores, visible);
  return entmax_over(scores, Tensor::scalar(static_cast<Real>(alpha)), visible);
}

}  // namespace heed::inline HEED_REAL::attention
