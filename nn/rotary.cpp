#include "nn/rotary.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// f(t base^(-2i / size)) at t, i. Shape (most, size / 2).
template <class Function>
Tensor table_of(Index most, Index size, double base, Function f) {
  std::vector<Real> values;
  values.reserve(static_cast<std::size_t>(most * size / 2));
  for (Index t = 0; t < most; ++t) {
    for (Index i = 0; i < size; i += 2) {
      const double exponent = -static_cast<double>(i) / static_cast<double>(size);
      values.push_back(static_cast<Real>(f(static_cast<double>(t) * std::pow(base, exponent))));
    }
  }
  return Tensor({most, size / 2}, values);
}

}  // namespace

Rotary::Rotary(Index most, Index size, const RotaryOptions& options) : pairs_(options.pairs) {
  check_positive("Rotary", {{"most", most}});
  if (size < 2 || size % 2 != 0 || !(options.base > 0)) {
    throw ValueError(fmt::format(
        "[Rotary] needs an even size >= 2 and a base above 0, got {} and {}", size, options.base));
  }
  cosines_ = table_of(most, size, options.base, [](double angle) { return std::cos(angle); });
  sines_ = table_of(most, size, options.base, [](double angle) { return std::sin(angle); });
}

Tensor Rotary::operator()(const Tensor& x, Index start) const {
  const Index most = cosines_.dim(0), half = cosines_.dim(1);
  if (x.rank() < 2 || x.dim(-1) != 2 * half) {
    throw ShapeError(fmt::format("[Rotary] x must be (..., T, size) with a size of {}, got {}",
                                 2 * half, x.shape().str()));
  }
  const Index length = x.dim(-2);
  if (start < 0 || start + length > most) {
    throw ShapeError(fmt::format("[Rotary] needs positions {} to {}, and there are {}", start,
                                 start + length - 1, most));
  }
  const Tensor c = slice(cosines_, 0, start, start + length);  // (T, size / 2)
  const Tensor s = slice(sines_, 0, start, start + length);
  // Which of the pair is an axis of its own, in front of the pairs or behind them.
  const bool halves = pairs_ == RotaryOptions::Pairs::halves;
  const int which = halves ? x.rank() - 1 : x.rank();
  const Shape apart = x.shape().with(-1, half).inserted(which, 2);
  const Tensor pairs = reshape(x, apart);    // (..., T, 2, size / 2) or (..., size / 2, 2)
  const Tensor a = select(pairs, which, 0);  // (..., T, size / 2)
  const Tensor b = select(pairs, which, 1);
  return reshape(stack({a * c - b * s, a * s + b * c}, which), x.shape());
}

}  // namespace heed::inline HEED_REAL::nn
