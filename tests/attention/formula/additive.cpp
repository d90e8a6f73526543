// Bahdanau, Cho, Bengio 2014, arXiv 1409.0473, appendix A.1.2.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array additive(const Given& in) {
  const Array q = linear(in.x, in["query.weight"], in["query.bias"]);  // (B, T, A)
  const Array k = linear(in.memory, in["key.weight"]);                 // (B, S, A)
  const Array pairs = xt::tanh(xt::view(q, xt::all(), xt::all(), xt::newaxis(), xt::all()) +
                               xt::view(k, xt::all(), xt::newaxis(), xt::all(), xt::all()));
  const Array scores = xt::sum(pairs * in["score"], {3});  // (B, T, S, A) -> (B, T, S)
  const Array weights = softmax(as_one_head(scores), seen(in));
  return side_by_side(matmul(weights, as_one_head(in.memory)));
}

}  // namespace heed_test::formula
