#include "autograd/kernels/norm_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "autograd/kernels/reduce.h"
#include "autograd/kernels/rows.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {
namespace {

// The moments of one row, across a lane.
struct LaneMoments {
  Lane mean, scale, shift;
  Lane normalise(Lane x) const { return fma(x - mean, scale, shift); }
};

// Two sums in one pass over a row.
struct TwoLanes {
  Lane first, second;
  TwoLanes& operator+=(const TwoLanes& other) {
    first += other.first;
    second += other.second;
    return *this;
  }
  friend TwoLanes operator+(TwoLanes a, const TwoLanes& b) { return a += b; }
  friend TwoLanes first_of(const TwoLanes& a, Index count) {
    return {first_of(a.first, count), first_of(a.second, count)};
  }
  friend std::array<Real, 2> sum_of(const TwoLanes& a) {
    return {sum_of(a.first), sum_of(a.second)};
  }
};

struct Moments {
  Real mean, scale, shift;
  Real variance;  // or the mean square
  Real spread;    // that plus eps
};

// In two passes: as the difference of two large sums the variance would be lost.
Moments quick_moments(const Real* x, Index n, const RowNorm& norm) {
  const auto count = static_cast<Real>(n);
  const Real mean = norm.centred ? sum_row(x, n) / count : 0;
  const Lane centre(mean);
  const Real squares = sum_lanes(n, [&](Index i, Index k) {
    const Lane centred = load_lane(x + i, k) - centre;
    return centred * centred;
  });
  const Real variance = squares / count, spread = variance + static_cast<Real>(norm.eps);
  return {mean, 1 / std::sqrt(spread), 0, variance, spread};
}

// For a row beside whose mean its numbers differ by little. The mean is found as a distance from
// one of the numbers, so that a constant row has exactly its own; and what rounding it has left is
// taken off from both, number and variance: Chan, Golub, LeVeque 1983, "Algorithms for computing
// the sample variance".
Moments careful_moments(const Real* x, Index n, const RowNorm& norm) {
  const auto count = static_cast<Real>(n);
  const Lane pivot(x[0]);
  const Real from_pivot =
      sum_lanes(n, [&](Index i, Index k) { return load_lane(x + i, k) - pivot; });
  const Real mean = norm.centred ? x[0] + from_pivot / count : 0;
  const Lane centre(mean);
  const auto [rest, squares] = sum_lanes(n, [&](Index i, Index k) {
    const Lane centred = load_lane(x + i, k) - centre;
    return TwoLanes{centred, centred * centred};
  });
  const Real left = norm.centred ? rest / count : 0;
  const Real variance = std::max(squares / count - left * left, Real{0});
  const Real spread = variance + static_cast<Real>(norm.eps);
  const Real scale = 1 / std::sqrt(spread);
  return {mean, scale, -left * scale, variance, spread};
}

// Squares neither overflowed nor lost their digits.
bool in_range(Real spread) {
  using Limits = std::numeric_limits<Real>;
  constexpr Real tiny = Limits::min() / Limits::epsilon();
  return spread > tiny && spread <= Limits::max();
}

// That, and rounding the mean has not cost more than a few units in the last place.
bool good_enough(const Moments& m) {
  constexpr Real far = 16;  // standard deviations
  return in_range(m.spread) && std::abs(m.mean) <= far * std::sqrt(m.variance);
}

// A power of 2 that brings the largest number of the row near 1, and eps not above it.
Real unit_of(const Real* x, Index n, double eps) {
  double largest = std::sqrt(eps);
  for (Index i = 0; i < n; ++i) {
    const double size = std::abs(static_cast<double>(x[i]));
    if (!(size <= largest)) largest = size;
  }
  if (!(largest > 0) || !std::isfinite(largest)) return 1;
  constexpr int most = std::numeric_limits<Real>::max_exponent - 3;
  return static_cast<Real>(std::ldexp(1.0, std::clamp(-std::ilogb(largest), -most, most)));
}

// Rows times their unit, where that is not 1.
class ScaledRow {
 public:
  const Real* of(const Real* x, Index n, Real unit) {
    if (unit == 1) return x;
    if (!room_) room_ = allocate(n);
    std::copy_n(x, n, room_->data);
    scale_row(unit, room_->data, n);
    return room_->data;
  }

 private:
  Pointer<Storage> room_;
};

void forward_row(const Real* x, const LaneMoments& moments, const Real* weight, const Real* bias,
                 Real* y, Index n) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane unit = moments.normalise(load_lane(x + i, count));
    store_lane(fma(unit, load_lane(weight + i, count), load_lane(bias + i, count)), y + i, count);
  });
}

// With u the normalised row and h = g * weight: dx = scale * (h - mean(h) - u * mean(h * u)), and
// without mean(h) when the mean of x was not taken off.
void input_gradient_row(const Real* x, const LaneMoments& moments, bool centred, const Real* weight,
                        const Real* g, Real* dx, Index n) {
  const auto h = [&](Index i, Index count) {
    return load_lane(g + i, count) * load_lane(weight + i, count);
  };
  const auto u = [&](Index i, Index count) { return moments.normalise(load_lane(x + i, count)); };
  const auto [sum_h, sum_hu] = sum_lanes(n, [&](Index i, Index count) {
    const Lane weighted = h(i, count);
    return TwoLanes{weighted, weighted * u(i, count)};
  });
  const auto size = static_cast<Real>(n);
  const Lane mean_h(centred ? sum_h / size : 0), mean_hu(sum_hu / size);
  for_lanes(n, [&](Index i, Index count) {
    store_lane(moments.scale * (h(i, count) - mean_h - u(i, count) * mean_hu), dx + i, count);
  });
}

// Adds g * u to sums[0 ... n) and g to sums[n ... 2n).
void add_parameter_gradients(const Real* x, const LaneMoments& moments, const Real* g, Real* sums,
                             Index n) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane unit = moments.normalise(load_lane(x + i, count));
    const Lane cotangent = load_lane(g + i, count);
    store_lane(fma(cotangent, unit, load_lane(sums + i, count)), sums + i, count);
    store_lane(cotangent + load_lane(sums + n + i, count), sums + n + i, count);
  });
}

// Where the quick ones are not good enough. Moves x to its numbers in the unit that is found.
Moments better_moments(const Real*& x, Index n, const RowNorm& norm, ScaledRow& scaled,
                       Real& unit) {
  Moments m = careful_moments(x, n, norm);
  if (in_range(m.spread)) return m;
  unit = unit_of(x, n, norm.eps);
  x = scaled.of(x, n, unit);
  const double factor = static_cast<double>(unit);
  return careful_moments(x, n, {norm.centred, norm.eps * factor * factor});
}

}  // namespace

void normalise_rows(const NormInputs& in, const Real* bias, const RowNorm& norm, Real* y,
                    const RowMoments<Real>& moments) {
  const Index n = in.n;
  for_row_tiles(in.rows, n, [&](Index, Index first, Index last) {
    ScaledRow scaled;
    for (Index r = first; r < last; ++r) {
      const Real* x = in.x + r * n;
      Moments m = quick_moments(x, n, norm);
      moments.unit[r] = 1;
      if (!good_enough(m)) [[unlikely]] m = better_moments(x, n, norm, scaled, moments.unit[r]);
      moments.mean[r] = m.mean;
      moments.scale[r] = m.scale;
      moments.shift[r] = m.shift;
      forward_row(x, {Lane(m.mean), Lane(m.scale), Lane(m.shift)}, in.weight, bias, y + r * n, n);
    }
  });
}

// Every tile sums its own rows; the sums of the tiles are then added in order.
void normalise_rows_gradients(const NormInputs& in, const Real* g, const RowNorm& norm,
                              const RowMoments<const Real>& moments, Real* dx, Real* parameters) {
  const Index n = in.n;
  const Index tiles = parameters ? tile_count(in.rows, n) : 0;
  const Pointer<Storage> sums = allocate(tiles * 2 * n);
  std::fill_n(sums->data, tiles * 2 * n, Real{0});
  for_row_tiles(in.rows, n, [&](Index tile, Index first, Index last) {
    ScaledRow scaled;
    for (Index r = first; r < last; ++r) {
      const LaneMoments row{Lane(moments.mean[r]), Lane(moments.scale[r]), Lane(moments.shift[r])};
      const Real unit = moments.unit[r];
      const Real *x_row = scaled.of(in.x + r * n, n, unit), *g_row = g + r * n;
      if (dx) {
        input_gradient_row(x_row, row, norm.centred, in.weight, g_row, dx + r * n, n);
        if (unit != 1) scale_row(unit, dx + r * n, n);
      }
      if (parameters) add_parameter_gradients(x_row, row, g_row, sums->data + tile * 2 * n, n);
    }
  });
  if (parameters) sum_lines(sums->data, parameters, {1, tiles, 2 * n});
}

}  // namespace heed::inline HEED_REAL
