#include "autograd/kernels/norm_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "autograd/kernels/reduce.h"
#include "autograd/kernels/rows.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {
namespace {

// The moments of one row, across a lane.
struct LaneMoments {
  Lane mean;
  Lane scale;
  Lane normalise(Lane x) const { return (x - mean) * scale; }
};

// In two passes: as the difference of two large sums the variance would be lost.
void find_moments(const Real* x, Index n, const RowNorm& norm, Real& mean, Real& scale) {
  mean = norm.centred ? sum_row(x, n) / static_cast<Real>(n) : 0;
  const Lane centre(mean);
  const Real squares = sum_lanes(n, [&](Index i, Index count) {
    const Lane centred = load_lane(x + i, count) - centre;
    return centred * centred;
  });
  scale = 1 / std::sqrt(squares / static_cast<Real>(n) + static_cast<Real>(norm.eps));
}

void forward_row(const Real* x, const LaneMoments& moments, const Real* weight, const Real* bias,
                 Real* y, Index n) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane unit = moments.normalise(load_lane(x + i, count));
    store_lane(fma(unit, load_lane(weight + i, count), load_lane(bias + i, count)), y + i, count);
  });
}

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

}  // namespace

void normalise_rows(const NormInputs& in, const Real* bias, const RowNorm& norm, Real* y,
                    const RowMoments<Real>& moments) {
  const Index n = in.n;
  for_row_tiles(in.rows, n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      Real &mean = moments.mean[r], &scale = moments.scale[r];
      find_moments(in.x + r * n, n, norm, mean, scale);
      forward_row(in.x + r * n, {Lane(mean), Lane(scale)}, in.weight, bias, y + r * n, n);
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
    for (Index r = first; r < last; ++r) {
      const LaneMoments row{Lane(moments.mean[r]), Lane(moments.scale[r])};
      const Real *x_row = in.x + r * n, *g_row = g + r * n;
      if (dx) input_gradient_row(x_row, row, norm.centred, in.weight, g_row, dx + r * n, n);
      if (parameters) add_parameter_gradients(x_row, row, g_row, sums->data + tile * 2 * n, n);
    }
  });
  if (parameters) sum_lines(sums->data, parameters, {1, tiles, 2 * n});
}

}  // namespace heed::inline HEED_REAL
