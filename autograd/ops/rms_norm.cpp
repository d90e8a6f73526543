#include "autograd/ops/rms_norm.h"

#include "autograd/ops/fused.h"
#include "autograd/ops/norm_rows.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {

Tensor rms_norm(const Tensor& x, const Tensor& weight, double eps) {
  check_row_norm("rms_norm", x, weight, {}, eps);
  const RowNorm norm{.centred = false, .eps = eps};
  const std::vector<Tensor> inputs{x, row_or(weight, x, 1)};
  const NormalisedRows made = normalise_rows(inputs[0], inputs[1], row_or({}, x, 0), norm);
  return fused(
      "rms_norm", made.y, inputs,
      [norm, moments = made.moments](const std::vector<Tensor>& in, const Tensor& g, Wanted wanted,
                                     Tensor* out) {
        normalise_rows_gradients(in[0], in[1], g, norm, moments, wanted, out);
      },
      [eps](const std::vector<Tensor>& in) { return twin::rms_norm(in[0], in[1], eps); });
}

Tensor twin::rms_norm(const Tensor& x, const Tensor& weight, double eps) {
  const RowsInUnits rows = rows_in_units(x, eps);
  return rows.x / rows.size * row_or(weight, x, 1);
}

}  // namespace heed::inline HEED_REAL
