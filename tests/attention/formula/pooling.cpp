// Attention pooling: Ilse, Tomczak, Welling 2018, arXiv 1802.04712, equation 8, gated equation 9.
// Pooling by multi-head attention: Lee et al. 2018, arXiv 1810.00825, section 3.2. Self-attentive:
// Lin et al. 2017, arXiv 1703.03130, equations 6 and 7.
#include "tests/attention/formula/formula.h"

#if __has_include(<xtensor/misc/xmanipulation.hpp>)
#include <xtensor/misc/xmanipulation.hpp>
#else
#include <xtensor/xmanipulation.hpp>
#endif

namespace heed_test::formula {

Array pooling(const Given& in) {
  const Array hidden = xt::tanh(linear(in.x, in["hidden.weight"], in["hidden.bias"]));
  const Array scores = xt::sum(hidden * in["query"], {2});  // (B, N, A) -> (B, N)
  const Array weights = softmax(scores, in.real);
  return matmul(xt::expand_dims(weights, 1), in.x);
}

Array gated_pooling(const Given& in) {
  const Array hidden = xt::tanh(linear(in.x, in["hidden.weight"], in["hidden.bias"]));
  const Array open = sigmoid(linear(in.x, in["gate.weight"], in["gate.bias"]));
  const Array scores = xt::sum(hidden * open * in["query"], {2});  // (B, N, A) -> (B, N)
  return matmul(xt::expand_dims(softmax(scores, in.real), 1), in.x);
}

Array self_attentive(const Given& in) {
  const Array hidden = xt::tanh(matmul(in["hidden.weight"], turned(in.x)));  // (B, A, N)
  const Array weights = softmax(matmul(in["hops.weight"], hidden), xt::expand_dims(in.real, 1));
  return matmul(weights, in.x);  // (B, K, N) and (B, N, C)
}

Array seed_pooling(const Given& in) {
  const auto norm = [&](const std::string& name, const Array& x) {
    return layer_norm(x, in["mab." + name + ".weight"], in["mab." + name + ".bias"]);
  };
  Given inside = in;
  inside.x = xt::repeat(in["seed"], in.x.shape(0), 0);                    // (B, K, C)
  inside.memory = relu(linear(in.x, in["lin.weight"], in["lin.bias"]));  // (B, N, C)
  const DotProduct what{scale_of(in, in.heads), in.heads, in.heads, "mab.attn."};
  const Array told = dot_product(inside, seen(inside), what);
  const Array h = norm("layer_norm1", inside.x + told);
  return norm("layer_norm2", h + relu(linear(h, in["mab.lin.weight"], in["mab.lin.bias"])));
}

}  // namespace heed_test::formula
