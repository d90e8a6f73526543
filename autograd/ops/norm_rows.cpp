#include "autograd/ops/norm_rows.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/kernels/rows.h"
#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {

NormalisedRows normalise_rows(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              const RowNorm& norm) {
  const Index rows = row_count(x.shape());
  NormalisedRows made{Tensor::empty(x.shape()), {Tensor::empty({rows}), Tensor::empty({rows})}};
  normalise_rows({rows, x.dim(-1), x.data(), weight.data()}, bias.data(), norm,
                 made.y.mutable_data(),
                 {made.moments.mean.mutable_data(), made.moments.scale.mutable_data()});
  count_cost(0, 3 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return made;
}

void normalise_rows_gradients(const Tensor& x, const Tensor& weight, const Tensor& g,
                              const RowNorm& norm, const TensorMoments& moments, Wanted wanted,
                              Tensor* out) {
  const Index n = x.dim(-1);
  Tensor parameters;
  if ((wanted & 1) != 0) out[0] = Tensor::empty(x.shape());
  if ((wanted & 6) != 0) parameters = Tensor::empty({2 * n});
  normalise_rows_gradients({row_count(x.shape()), n, x.data(), weight.data()}, g.data(), norm,
                           {moments.mean.data(), moments.scale.data()},
                           (wanted & 1) != 0 ? out[0].mutable_data() : nullptr,
                           (wanted & 6) != 0 ? parameters.mutable_data() : nullptr);
  if ((wanted & 2) != 0) out[1] = parameters.alias({n}, 0);
  if ((wanted & 4) != 0) out[2] = parameters.alias({n}, n);
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
