#include <fmt/format.h>

#include <array>
#include <cmath>

#include "autograd/ops/fused.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/reduce_kernels.h"
#include "autograd/ops/rows.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

void check(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
  if (x.rank() == 0) throw ShapeError("[layer_norm] a scalar has no axis");
  const Shape row{x.dim(-1)};
  if (weight.shape() != row || bias.shape() != row) {
    throw ShapeError(fmt::format(
        "[layer_norm] weight {} and bias {} must have the extent of the last axis of x {}",
        weight.shape().str(), bias.shape().str(), x.shape().str()));
  }
  if (!(eps >= 0)) throw ValueError(fmt::format("[layer_norm] eps must be >= 0, got {}", eps));
}

// Of every row the mean and 1 / deviation, which bring it to mean 0 and variance 1.
struct Moments {
  Tensor mean;
  Tensor scale;
};

// The same of one row, across a lane.
struct RowMoments {
  Lane mean;
  Lane scale;
  Lane normalise(Lane x) const { return (x - mean) * scale; }
};

// In two passes: as the difference of two large sums the variance would be lost.
void find_moments(const Real* x, Index n, double eps, Real& mean, Real& scale) {
  mean = sum_row(x, n) / static_cast<Real>(n);
  const Lane centre(mean);
  const Real squares = sum_lanes(n, [&](Index i, Index count) {
    const Lane centred = load_lane(x + i, count) - centre;
    return centred * centred;
  });
  scale = 1 / std::sqrt(squares / static_cast<Real>(n) + static_cast<Real>(eps));
}

void forward_row(const Real* x, const RowMoments& moments, const Real* weight, const Real* bias,
                 Real* y, Index n) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane unit = moments.normalise(load_lane(x + i, count));
    store_lane(fma(unit, load_lane(weight + i, count), load_lane(bias + i, count)), y + i, count);
  });
}

// y, and the moments of all rows.
Tensor forward(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps,
               const Moments& moments) {
  Tensor y = Tensor::empty(x.shape());
  const Index n = x.dim(-1);
  const Real *from = x.data(), *w = weight.data(), *b = bias.data();
  Real *to = y.mutable_data(), *mean = moments.mean.mutable_data(),
       *scale = moments.scale.mutable_data();
  for_row_tiles(row_count(x.shape()), n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      find_moments(from + r * n, n, eps, mean[r], scale[r]);
      forward_row(from + r * n, {Lane(mean[r]), Lane(scale[r])}, w, b, to + r * n, n);
    }
  });
  return y;
}

// With u the normalised row and h = g * weight: dx = scale * (h - mean(h) - u * mean(h * u)).
void input_gradient_row(const Real* x, const RowMoments& moments, const Real* weight,
                        const Real* g, Real* dx, Index n) {
  const auto h = [&](Index i, Index count) {
    return load_lane(g + i, count) * load_lane(weight + i, count);
  };
  const auto u = [&](Index i, Index count) { return moments.normalise(load_lane(x + i, count)); };
  const auto size = static_cast<Real>(n);
  const Lane mean_h(sum_lanes(n, h) / size);
  const Lane mean_hu(sum_lanes(n, [&](Index i, Index c) { return h(i, c) * u(i, c); }) / size);
  for_lanes(n, [&](Index i, Index count) {
    store_lane(moments.scale * (h(i, count) - mean_h - u(i, count) * mean_hu), dx + i, count);
  });
}

// Adds g * u to sums[0 ... n) and g to sums[n ... 2n).
void add_parameter_gradients(const Real* x, const RowMoments& moments, const Real* g, Real* sums,
                             Index n) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane unit = moments.normalise(load_lane(x + i, count));
    const Lane cotangent = load_lane(g + i, count);
    store_lane(fma(cotangent, unit, load_lane(sums + i, count)), sums + i, count);
    store_lane(cotangent + load_lane(sums + n + i, count), sums + n + i, count);
  });
}

// Every tile sums its own rows; the sums of the tiles are then added in order.
void gradients(const Tensor& x, const Tensor& weight, const Tensor& g, const Moments& moments,
               Wanted wanted, Tensor* out) {
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
      const RowMoments row{Lane(mean[r]), Lane(scale[r])};
      if (dx) input_gradient_row(from + r * n, row, w, cotangent + r * n, dx + r * n, n);
      if (parameters_wanted) {
        add_parameter_gradients(from + r * n, row, cotangent + r * n, parts + tile * 2 * n, n);
      }
    }
  });
  if (!parameters_wanted) return;
  Tensor total = Tensor::empty({2 * n});
  sum_middle(sums.data(), total.mutable_data(), 1, sums.dim(0), 2 * n);
  if ((wanted & 2) != 0) out[1] = total.alias({n}, 0);
  if ((wanted & 4) != 0) out[2] = total.alias({n}, n);
}

}  // namespace

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
  check(x, weight, bias, eps);
  const Index rows = row_count(x.shape());
  const Moments moments{Tensor::empty({rows}), Tensor::empty({rows})};
  const Tensor y = forward(x, weight, bias, eps, moments);
  count_cost(0, 3 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return fused(
      "layer_norm", y, {x, weight, bias},
      [moments](const std::vector<Tensor>& in, const Tensor& g, Wanted wanted, Tensor* out) {
        gradients(in[0], in[1], g, moments, wanted, out);
      },
      [eps](const std::vector<Tensor>& in) {
        return twin::layer_norm(in[0], in[1], in[2], eps);
      });
}

Tensor twin::layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
  const Tensor centred = x - mean(x, {-1}, true);
  const Tensor deviation = sqrt(mean(square(centred), {-1}, true) + eps);
  return centred / deviation * weight + bias;
}

}  // namespace heed::inline HEED_REAL
