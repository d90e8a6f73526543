#include "nn/rotary.h"

#include <fmt/format.h>

#include <cmath>

#include "autograd/calling.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// f(t base^(-2i / size)) at t, i. Shape (length, size / 2).
template <class Function>
Tensor table_of(Index start, Index length, Index size, double base, Function f) {
  std::vector<Real> values;
  values.reserve(static_cast<std::size_t>(length * size / 2));
  for (Index t = start; t < start + length; ++t) {
    for (Index i = 0; i < size; i += 2) {
      const double exponent = -static_cast<double>(i) / static_cast<double>(size);
      values.push_back(static_cast<Real>(f(static_cast<double>(t) * std::pow(base, exponent))));
    }
  }
  return Tensor({length, size / 2}, values);
}

}  // namespace

Tensor rotate(const Tensor& x, const Tensor& cosines, const Tensor& sines,
              RotaryOptions::Pairs pairs) {
  const Calling calling("rotate");
  const Index half = cosines.rank() == 0 ? 0 : cosines.dim(-1), turned = 2 * half;
  if (x.rank() < 2 || half == 0 || cosines.shape() != sines.shape() || x.dim(-1) < turned ||
      broadcast(x.shape().with(-1, half), cosines.shape(), "rotate") != x.shape().with(-1, half)) {
    throw ShapeError(fmt::format(
        "[rotate] cosines {} and sines {} must stretch to pairs of the features of x {}",
        cosines.shape().str(), sines.shape().str(), x.shape().str()));
  }
  const Tensor front = x.dim(-1) == turned ? x : slice(x, -1, 0, turned);
  // Which of the pair is an axis of its own, in front of the pairs or behind them.
  const bool halves = pairs == RotaryOptions::Pairs::halves;
  const int which = halves ? x.rank() - 1 : x.rank();
  const Shape apart = front.shape().with(-1, half).inserted(which, 2);
  const Tensor both = reshape(front, apart);  // (..., T, 2, r / 2) or (..., r / 2, 2)
  const Tensor a = select(both, which, 0);    // (..., T, r / 2)
  const Tensor b = select(both, which, 1);
  const Tensor y = reshape(
      stack({a * cosines - b * sines, a * sines + b * cosines}, which), front.shape());
  return x.dim(-1) == turned ? y : concat({y, slice(x, -1, turned, x.dim(-1))}, -1);
}

Turns turns_at(Index start, Index length, Index size, double base) {
  if (size % 2 != 0) {
    throw ValueError(fmt::format("[turns_at] features turn in pairs: size {} is odd", size));
  }
  return {table_of(start, length, size, base, [](double angle) { return std::cos(angle); }),
          table_of(start, length, size, base, [](double angle) { return std::sin(angle); })};
}

Rotary::Rotary(Index most, Index size, const RotaryOptions& options)
    : pairs_(options.pairs), size_(size) {
  check_positive("Rotary", {{"most", most}});
  if (size < 2 || (options.rotated == 0 && size % 2 != 0) || !(options.base > 0)) {
    throw ValueError(fmt::format(
        "[Rotary] needs an even size >= 2 and a base above 0, got {} and {}", size, options.base));
  }
  const Index turned = options.rotated == 0 ? size : options.rotated;
  if (turned < 2 || turned % 2 != 0 || turned > size) {
    throw ValueError(fmt::format(
        "[Rotary] rotated must be even and between 2 and the size {}, got {}", size, turned));
  }
  const Turns turns = turns_at(0, most, turned, options.base);
  cosines_ = turns.cosines;
  sines_ = turns.sines;
}

void Rotary::check_size(const Tensor& x) const {
  if (x.rank() >= 2 && x.dim(-1) == size_) return;
  throw ShapeError(fmt::format("[Rotary] x must be (..., T, size) with a size of {}, got {}", size_,
                               x.shape().str()));
}

Tensor Rotary::operator()(const Tensor& x, Index start) const {
  const Calling calling("Rotary");
  check_size(x);
  const Index most = cosines_.dim(0), length = x.dim(-2);
  if (start < 0 || start + length > most) {
    throw ShapeError(fmt::format("[Rotary] needs positions {} to {}, and there are {}", start,
                                 start + length - 1, most));
  }
  return rotate(x, slice(cosines_, 0, start, start + length),
                slice(sines_, 0, start, start + length), pairs_);
}

Tensor Rotary::operator()(const Tensor& x, const Indices& positions) const {
  const Calling calling("Rotary");
  check_size(x);
  for (Index i = 0; i < positions.size(); ++i) {
    if (positions[i] >= 0 && positions[i] < cosines_.dim(0)) continue;
    throw ValueError(fmt::format("[Rotary] position {} of token {} is outside [0, {})",
                                 positions[i], i, cosines_.dim(0)));
  }
  return rotate(x, index_select(cosines_, positions), index_select(sines_, positions), pairs_);
}

}  // namespace heed::inline HEED_REAL::nn
