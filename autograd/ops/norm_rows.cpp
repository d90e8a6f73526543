#include "autograd/ops/norm_rows.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "autograd/kernels/reduce.h"
#include "autograd/kernels/rows.h"
#include "autograd/ledger.h"

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

NormalisedRows normalise_rows(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              const RowNorm& norm) {
  const Index rows = row_count(x.shape());
  const Index n = x.dim(-1);
  NormalisedRows made{Tensor::empty(x.shape()), {Tensor::empty({rows}), Tensor::empty({rows})}};
  const Real *from = x.data(), *w = weight.data(), *b = bias.data();
  Real *to = made.y.mutable_data(), *mean = made.moments.mean.mutable_data(),
       *scale = made.moments.scale.mutable_data();
  for_row_tiles(rows, n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      find_moments(from + r * n, n, norm, mean[r], scale[r]);
      forward_row(from + r * n, {Lane(mean[r]), Lane(scale[r])}, w, b, to + r * n, n);
    }
  });
  count_cost(0, 3 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return made;
}

// Every tile sums its own rows; the sums of the tiles are then added in order.
void normalise_rows_gradients(const Tensor& x, const Tensor& weight, const Tensor& g,
                              const RowNorm& norm, const RowMoments& moments, Wanted wanted,
                              Tensor* out) {
  const Index rows = row_count(x.shape());
  const Index n = x.dim(-1);
  const bool parameters_wanted = (wanted & 6) != 0;
  if ((wanted & 1) != 0) out[0] = Tensor::empty(x.shape());
  Tensor sums = Tensor::zeros({parameters_wanted ? tile_count(rows, n) : 0, 2 * n});
  const Real *from = x.data(), *w = weight.data(), *cotangent = g.data();
  const Real *mean = moments.mean.data(), *scale = moments.scale.data();
  Real* dx = (wanted & 1) != 0 ? out[0].mutable_data() : nullptr;
  Real* parts = sums.mutable_data();
  for_row_tiles(rows, n, [&](Index tile, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      const LaneMoments row{Lane(mean[r]), Lane(scale[r])};
      const Real *x_row = from + r * n, *g_row = cotangent + r * n;
      if (dx) input_gradient_row(x_row, row, norm.centred, w, g_row, dx + r * n, n);
      if (parameters_wanted) add_parameter_gradients(x_row, row, g_row, parts + tile * 2 * n, n);
    }
  });
  if (!parameters_wanted) return;
  Tensor total = Tensor::empty({2 * n});
  sum_lines(sums.data(), total.mutable_data(), {1, sums.dim(0), 2 * n});
  if ((wanted & 2) != 0) out[1] = total.alias({n}, 0);
  if ((wanted & 4) != 0) out[2] = total.alias({n}, n);
}

void check_row_norm(const char* op, const Tensor& x, const Tensor& weight, const Tensor& bias,
                    double eps) {
  if (x.rank() == 0) throw ShapeError(fmt::format("[{}] a scalar has no axis", op));
  const Shape row{x.dim(-1)};
  for (const auto& [name, given] : {std::pair{"weight", weight}, std::pair{"bias", bias}}) {
    if (!given.defined() || given.shape() == row) continue;
    throw ShapeError(fmt::format("[{}] {} {} must have the extent of the last axis of x {}", op,
                                 name, given.shape().str(), x.shape().str()));
  }
  if (!(eps >= 0)) throw ValueError(fmt::format("[{}] eps must be >= 0, got {}", op, eps));
}

Tensor row_or(const Tensor& row, const Tensor& x, Real value) {
  return row.defined() ? row : Tensor::full({x.dim(-1)}, value);
}

}  // namespace heed::inline HEED_REAL
