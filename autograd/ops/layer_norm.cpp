#include "autograd/calling.h"
#include "autograd/ops/layer_norm.h"

#include <fmt/format.h>

#include "autograd/ops/centred.h"
#include "autograd/ops/fused.h"
#include "autograd/ops/norm_rows.h"
#include "autograd/ops/shape_ops.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
  check_row_norm("layer_norm", x, weight, bias, eps);
  const RowNorm norm{.centred = true, .eps = eps};
  const std::vector<Tensor> inputs{x, row_or(weight, x, 1), row_or(bias, x, 0)};
  const NormalisedRows made = normalise_rows(inputs[0], inputs[1], inputs[2], norm);
  return fused(
      "layer_norm", made.y, inputs,
      [norm, moments = made.moments](const std::vector<Tensor>& in, const Tensor& g, Wanted wanted,
                                     Tensor* out) {
        normalise_rows_gradients(in[0], in[1], g, norm, moments, wanted, out);
      },
      [eps](const std::vector<Tensor>& in) { return twin::layer_norm(in[0], in[1], in[2], eps); });
}

Tensor layer_norm(const Tensor& x, const Shape& over, const Tensor& weight, const Tensor& bias,
                  double eps) {
  const Calling calling("layer_norm");
  const int kept = x.rank() - over.rank();
  bool fits = over.rank() > 0 && kept >= 0;
  for (int i = 0; fits && i < over.rank(); ++i) fits = x.dim(kept + i) == over[i];
  for (const Tensor& row : {weight, bias}) fits = fits && (!row.defined() || row.shape() == over);
  if (!fits) {
    throw ShapeError(
        fmt::format("[layer_norm] x {} must end with {}, and weight and bias must have that shape",
                    x.shape().str(), over.str()));
  }
  Shape rows;
  for (int i = 0; i < kept; ++i) rows = rows.inserted(i, x.dim(i));
  const Shape row{over.size()};
  const auto flat = [&](const Tensor& given) {
    return given.defined() ? reshape(given, row) : given;
  };
  const Tensor y =
      layer_norm(reshape(x, rows.inserted(kept, over.size())), flat(weight), flat(bias), eps);
  return reshape(y, x.shape());
}

Tensor twin::layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
  const RowsInUnits rows = rows_in_units(centred(x, -1), eps);
  return rows.x / rows.size * row_or(weight, x, 1) + row_or(bias, x, 0);
}

}  // namespace heed::inline HEED_REAL
