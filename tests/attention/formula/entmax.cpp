// Peters, Niculae, Martins 2019, arXiv 1905.05702, equation 10, and its algorithm 1: tau by halving
// an interval that holds it. A learned alpha a head: Correia, Niculae, Martins 2019, arXiv
// 1909.00015.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array entmax(const Given& in) {
  const Projected at = projected(in, {1, in.heads, in.heads});
  Array alpha = 1.01 + 0.99 * sigmoid(in["alpha"]);  // (H)
  alpha.reshape({std::size_t{1}, in.heads, std::size_t{1}, std::size_t{1}});
  const Array visible = seen(in);
  const Array scores = matmul(at.q, turned(at.k)) * scale_of(in, in.heads);  // (B, H, T, S)
  const Array z = xt::where(visible > 0.0, (alpha - 1.0) * scores, -1e9);
  Array low = xt::amax(z, {3}, xt::keep_dims) - 1.0, high = low + 1.0;
  const auto weights = [&](const Array& tau) -> Array {
    return xt::pow(relu(z - tau), 1.0 / (alpha - 1.0)) * visible;
  };
  for (int halved = 0; halved < 60; ++halved) {
    const Array middle = (low + high) / 2.0;
    const Array total = xt::sum(weights(middle), {3}, xt::keep_dims);
    low = Array(xt::where(total >= 1.0, middle, low));
    high = Array(xt::where(total >= 1.0, high, middle));
  }
  const Array found = weights(low);
  const Array total = xt::sum(found, {3}, xt::keep_dims);
  return output(in, matmul(found / xt::where(total > 0.0, total, 1.0), at.v));
}

}  // namespace heed_test::formula
