#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/dropout.h"
#include "autograd/ops.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

void check(const char* op, double p) {
  if (!(p >= 0 && p <= 1)) {
    throw ValueError(fmt::format("[{}] p must be a probability, 0 to 1, got {}", op, p));
  }
}

// An element is dropped when its word is below this: one word an element.
std::uint64_t threshold(double p) { return static_cast<std::uint64_t>(std::ldexp(p, 32)); }

// What the elements that stay are multiplied by.
double survivor_scale(double p) { return p < 1 ? 1 / (1 - p) : 0; }

// Factors, 0 or the scale. Element i draws word first + i.
Tensor draw(const Shape& shape, double p, std::uint64_t key, std::uint64_t first) {
  Tensor factors = Tensor::empty(shape);
  draw_factors({key, first}, threshold(p), static_cast<Real>(survivor_scale(p)),
               factors.mutable_data(), shape.size());
  return factors;
}

}  // namespace

Tensor dropout(const Tensor& x, double p, Generator& rng) {
  check("dropout", p);
  if (p == 0) return x;
  const Tensor factors = draw(x.shape(), p, rng.key(), rng.counter());
  rng.restore(rng.key(), rng.counter() + static_cast<std::uint64_t>(x.size()));
  return differentiable("dropout", x.detach() * factors,
                        wrt(x, [factors](const Tensor& g) { return g * factors; }));
}

Tensor channel_dropout(const Tensor& x, double p, Generator& rng) {
  const Calling calling("channel_dropout");
  check("channel_dropout", p);
  if (x.rank() < 2) {
    throw ShapeError(
        fmt::format("[channel_dropout] x must be (B, C, ...), got {}", x.shape().str()));
  }
  Shape channels = x.shape();
  for (int axis = 2; axis < x.rank(); ++axis) channels = channels.with(axis, 1);
  return x * dropout(Tensor::ones(channels), p, rng);
}

Tensor alpha_dropout(const Tensor& x, double p, Generator& rng) {
  const Calling calling("alpha_dropout");
  check("alpha_dropout", p);
  if (p == 1) throw ValueError("[alpha_dropout] p must be below 1, got 1");
  if (p == 0) return x;
  constexpr double limit = -1.7580993408473766;
  const double stays = 1 - p;
  const double scale = 1 / std::sqrt(stays * (1 + p * limit * limit));
  const Tensor kept = dropout(Tensor::ones(x.shape()), p, rng);  // 0 or 1 / stays
  return where(kept > 0.0, x, limit) * scale - scale * limit * p;
}

Tensor twin::dropout(const Tensor& x, double p, Generator& rng) {
  check("dropout", p);
  if (p == 0) return x;
  std::vector<std::uint8_t> stays(static_cast<std::size_t>(x.size()));
  for (std::uint8_t& stay : stays) stay = rng.bits() >= threshold(p);
  return where(Mask(x.shape(), std::move(stays)), x * survivor_scale(p), 0.0);
}

}  // namespace heed::inline HEED_REAL
