#include "nn/distance.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/calling.h"
#include "autograd/ops.h"
#include "nn/losses.h"

namespace heed::inline HEED_REAL::nn {
namespace {

void check_p(const char* op, double p) {
  if (!(p > 0)) throw ValueError(fmt::format("[{}] p must be above 0, got {}", op, p));
}

Tensor distance(const Tensor& a, const Tensor& b, double p, double eps, bool keepdims) {
  const Tensor difference = a - b + eps;
  if (p == 2) return norm(difference, {-1}, keepdims);
  const Tensor size = abs(difference);
  if (p == 1) return sum(size, {-1}, keepdims);
  if (std::isinf(p)) return max(size, -1, keepdims);
  if (size.dim(-1) == 0) return sum(size, {-1}, keepdims);
  // Measured against the largest, which cancels: the powers of numbers up to 1 do not overflow.
  const Tensor largest = max(size.detach(), -1, true);
  const Tensor unit = where((largest > 0.0) & isfinite(largest), largest, 1.0);
  const Tensor shares = pow(sum(pow(size / unit, p), {-1}, true), 1 / p);
  return keepdims ? shares * unit : squeeze(shares * unit, -1);
}

}  // namespace

Tensor pairwise_distance(const Tensor& a, const Tensor& b, const PairwiseDistanceOptions& options) {
  const Calling calling("pairwise_distance");
  check_p("pairwise_distance", options.p);
  if (broadcast(a.shape(), b.shape(), "pairwise_distance").rank() == 0) {
    throw ShapeError("[pairwise_distance] a and b must have an axis of coordinates, got () and ()");
  }
  return distance(a, b, options.p, options.eps, options.keepdims);
}

Tensor triplet_margin(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                      const TripletMarginOptions& options) {
  const Calling calling("triplet_margin");
  const auto& [margin, p, eps, swap, reduction] = options;
  check_p("triplet_margin", p);
  if (!(margin > 0)) {
    throw ValueError(fmt::format("[triplet_margin] margin must be above 0, got {}", margin));
  }
  if (anchor.rank() == 0 || anchor.shape() != positive.shape() ||
      anchor.shape() != negative.shape()) {
    throw ShapeError(fmt::format(
        "[triplet_margin] anchor {}, positive {} and negative {} must have one shape (..., D)",
        anchor.shape().str(), positive.shape().str(), negative.shape().str()));
  }
  const Tensor near = distance(anchor, positive, p, eps, false);
  Tensor far = distance(anchor, negative, p, eps, false);
  if (swap) far = minimum(far, distance(positive, negative, p, eps, false));
  return reduce(relu(margin + near - far), reduction);
}

}  // namespace heed::inline HEED_REAL::nn
