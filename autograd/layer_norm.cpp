#include <fmt/format.h>

#include <array>
#include <cmath>

#include "autograd/fused.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/reduce_kernels.h"
#include "autograd/rows.h"
#include "autograd/twins.h"

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

  Lane normalise(Lane x, Index row) const {
    return (x - Lane(mean.data()[row])) * Lane(scale.data()[row]);
  }
};

// In two passes: as the difference of two large sums the variance would be lost.
Moments moments_of(const Tensor& x, double eps) {
  const Index rows = row_count(x.shape());
  const Index n = x.dim(-1);
  Moments moments{Tensor::empty({rows}), Tensor::empty({rows})};
  for_row_tiles(rows, n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      const Real* row = x.data() + r * n;
      const Real mean = sum_row(row, n) / static_cast<Real>(n);
      const Real squares = sum_lanes(n, [&](Index i, Index count) {
        const Lane centred = load_lane(row + i, count) - Lane(mean);
        return centred * centred;
      });
      moments.mean.mutable_data()[r] = mean;
      moments.scale.mutable_data()[r] =
          1 / std::sqrt(squares / static_cast<Real>(n) + static_cast<Real>(eps));
    }
  });
  return moments;
}

Tensor normalised(const Tensor& x, const Tensor& weight, const Tensor& bias,
                  const Moments& moments) {
  Tensor y = Tensor::empty(x.shape());
  const Index n = x.dim(-1);
  for_row_tiles(row_count(x.shape()), n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      for_lanes(n, [&](Index i, Index count) {
        const Lane unit = moments.normalise(load_lane(x.data() + r * n + i, count), r);
        const Lane w = load_lane(weight.data() + i, count);
        const Lane b = load_lane(bias.data() + i, count);
        store_lane(fma(unit, w, b), y.mutable_data() + r * n + i, count);
      });
    }
  });
  return y;
}

// With u the normalised row and h = g * weight: dx = scale * (h - mean(h) - u * mean(h * u)).
void input_gradient_row(const Real* x, const Real* weight, const Real* g, const Moments& moments,
                        Index r, Real* dx, Index n) {
  const auto h = [&](Index i, Index count) {
    return load_lane(g + i, count) * load_lane(weight + i, count);
  };
  const auto u = [&](Index i, Index count) {
    return moments.normalise(load_lane(x + i, count), r);
  };
  const auto size = static_cast<Real>(n);
  const Lane mean_h(sum_lanes(n, h) / size);
  const Lane mean_hu(sum_lanes(n, [&](Index i, Index c) { return h(i, c) * u(i, c); }) / size);
  const Lane scale(moments.scale.data()[r]);
  for_lanes(n, [&](Index i, Index count) {
    store_lane(scale * (h(i, count) - mean_h - u(i, count) * mean_hu), dx + i, count);
  });
}

// Adds g * u to sums[0 ... n) and g to sums[n ... 2n).
void add_parameter_gradients(const Real* x, const Real* g, const Moments& moments, Index r,
                             Real* sums, Index n) {
  for_lanes(n, [&](Index i, Index count) {
    const Lane unit = moments.normalise(load_lane(x + i, count), r);
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
  const bool input_wanted = (wanted & 1) != 0;
  const bool parameters_wanted = (wanted & 6) != 0;
  if (input_wanted) out[0] = Tensor::empty(x.shape());
  Tensor sums = Tensor::zeros({parameters_wanted ? tile_count(rows, n) : 0, 2 * n});
  for_row_tiles(rows, n, [&](Index tile, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      const Real* row = x.data() + r * n;
      const Real* cotangent = g.data() + r * n;
      if (input_wanted) {
        input_gradient_row(row, weight.data(), cotangent, moments, r,
                           out[0].mutable_data() + r * n, n);
      }
      if (parameters_wanted) {
        add_parameter_gradients(row, cotangent, moments, r,
                                sums.mutable_data() + tile * 2 * n, n);
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
  const Moments moments = moments_of(x, eps);
  const Tensor y = normalised(x, weight, bias, moments);
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
