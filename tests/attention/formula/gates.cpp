// Gates on what attention found: Qiu et al. 2025, arXiv 2505.06708, section 2; and with squares in
// the place of the softmax: Hua et al. 2022, arXiv 2202.10447, section 2.2.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

Array silu(const Array& x) { return x * sigmoid(x); }

Array layer(const Given& in, const std::string& name) {
  return linear(in.x, in[name + ".weight"], in[name + ".bias"]);
}

}  // namespace

Array output_gate(const Given& in) {
  const DotProduct what{scale_of(in, in.heads), in.heads, in.heads};
  const Projected at = projected(in, what);
  const Array weights = softmax(matmul(at.q, turned(at.k)) * what.scale, seen(in));
  const Array open = heads(sigmoid(layer(in, "gate")), in.heads);  // (B, H, T, D)
  return output(in, open * matmul(weights, at.v));
}

Array gau(const Given& in) {
  const Array z = silu(layer(in, "shared"));  // (B, T, s)
  const Array q = z * in["query_scale"] + in["query_bias"];
  const Array k = z * in["key_scale"] + in["key_bias"];
  const Array scores = matmul(q, turned(k)) / std::sqrt(static_cast<double>(z.shape(2)));
  const Array open = xt::view(seen(in), xt::all(), 0) * xt::ones_like(scores);  // (B, T, T)
  const Array count = xt::sum(open, {2}, xt::keep_dims);
  const Array weights = xt::square(relu(scores)) * open / xt::where(count > 0.0, count, 1.0);
  const Array found = silu(layer(in, "gate")) * matmul(weights, silu(layer(in, "value")));
  return linear(found, in["out_proj.weight"], in["out_proj.bias"]);
}

}  // namespace heed_test::formula
