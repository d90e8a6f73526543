#include "attention/scores.h"

#include <cmath>

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/similarity.h"

namespace heed::inline HEED_REAL::attention {

Tensor dot(const Tensor& q, const Tensor& k) {
  return matmul(q, k, {.transpose_b = true});  // (..., Tq, D) (..., Tk, D) -> (..., Tq, Tk)
}

Tensor scaled_dot(const Tensor& q, const Tensor& k) {
  return dot(q * (1 / std::sqrt(static_cast<double>(q.dim(-1)))), k);
}

Tensor cosine(const Tensor& q, const Tensor& k) { return dot(nn::normalize(q), nn::normalize(k)); }

Tensor bilinear(const Tensor& q, const Tensor& k, const Tensor& w) {
  if (w.shape() != Shape{q.dim(-1), k.dim(-1)}) {
    throw ShapeError(fmt::format("[bilinear] w must be ({}, {}), as wide as q and k: got {}",
                                 q.dim(-1), k.dim(-1), w.shape().str()));
  }
  return dot(matmul(q, w), k);
}

Tensor squared_distance(const Tensor& q, const Tensor& k) {
  const Tensor of_queries = sum(square(q), {-1}, true);            // (..., Tq, 1)
  const Tensor of_keys = transpose(sum(square(k), {-1}, true));    // (..., 1, Tk)
  return maximum(of_queries + of_keys - dot(q, k) * 2.0, 0.0);
}

Tensor additive(const Tensor& q, const Tensor& k, const Tensor& v) {
  const Index width = q.dim(-1);
  if (k.dim(-1) != width || v.shape() != Shape{width}) {
    throw ShapeError(fmt::format("[additive] q, k and v must have the same last axis: {}, {}, {}",
                                 q.shape().str(), k.shape().str(), v.shape().str()));
  }
  const Tensor queries = reshape(q, q.shape().inserted(q.rank() - 1, 1));  // (..., Tq, 1, D)
  const Tensor keys = reshape(k, k.shape().inserted(k.rank() - 2, 1));     // (..., 1, Tk, D)
  const Tensor hidden = tanh(queries + keys);                              // (..., Tq, Tk, D)
  const Tensor scores = matmul(hidden, reshape(v, {width, 1}));            // (..., Tq, Tk, 1)
  return reshape(scores, scores.shape().erased(scores.rank() - 1));
}

Tensor context_score(const Tensor& q, const Tensor& k) { return dot(q, tanh(k)); }

Tensor location(const Tensor& q, const Tensor& places, Index keys) {
  if (places.rank() != 2 || places.dim(1) != q.dim(-1) || keys < 0 || keys > places.dim(0)) {
    throw ShapeError(fmt::format("[location] places must be (at least {}, {}): got {}", keys,
                                 q.dim(-1), places.shape().str()));
  }
  return dot(q, slice(places, 0, 0, keys));
}

}  // namespace heed::inline HEED_REAL::attention
