#include "autograd/ops/norm_rows.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <utility>

#include "autograd/kernels/rows.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL {

template <class Number>
static RowMoments<Number> split_moments(Number* p, Index rows) {
  return {p, p + rows, p + 2 * rows, p + 3 * rows};
}

NormalisedRows normalise_rows(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              const RowNorm& norm) {
  const Index rows = row_count(x.shape());
  NormalisedRows made{Tensor::empty(x.shape()), Tensor::empty({4, rows})};
  normalise_rows({rows, x.dim(-1), x.data(), weight.data()}, bias.data(), norm,
                 made.y.mutable_data(), split_moments(made.moments.mutable_data(), rows));
  count_cost(0, 3 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return made;
}

void normalise_rows_gradients(const Tensor& x, const Tensor& weight, const Tensor& g,
                              const RowNorm& norm, const Tensor& moments, Wanted wanted,
                              Tensor* out) {
  const Index n = x.dim(-1), rows = row_count(x.shape());
  Tensor parameters;
  if ((wanted & 1) != 0) out[0] = Tensor::empty(x.shape());
  if ((wanted & 6) != 0) parameters = Tensor::empty({2 * n});
  normalise_rows_gradients({rows, n, x.data(), weight.data()}, g.data(), norm,
                           split_moments(moments.data(), rows),
                           (wanted & 1) != 0 ? out[0].mutable_data() : nullptr,
                           (wanted & 6) != 0 ? parameters.mutable_data() : nullptr);
  if ((wanted & 2) != 0) out[1] = parameters.alias({n}, 0);
  if ((wanted & 4) != 0) out[2] = parameters.alias({n}, n);
}

RowsInUnits rows_in_units(const Tensor& x, double eps) {
  if (x.size() == 0) return {x, mean(x, -1, true)};
  const double least = std::sqrt(eps), most = double{std::numeric_limits<Real>::max()};
  const Tensor largest = max(abs(x.detach()), -1, true);
  // A constant, so it carries no gradient: it cancels.
  const Tensor unit = where((largest > least) & (largest <= most), largest, least > 0 ? least : 1);
  const Tensor near = x / unit;
  return {near, sqrt(mean(square(near), -1, true) + square(least / unit))};
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
