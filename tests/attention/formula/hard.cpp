// Hard attention: Xu et al. 2015, arXiv 1502.03044, section 4.1. Gumbel-softmax and
// straight-through: Jang, Gu, Poole 2016, arXiv 1611.01144, section 2.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

namespace {

Array projected(const Given& in, const Array& x, const std::string& name) {
  return heads(linear(x, in[name + ".weight"], in[name + ".bias"]), in.heads);
}

Array scores_of(const Given& in) {
  const Array q = projected(in, in.x, "query"), k = projected(in, in.memory, "key");
  return matmul(q, turned(k)) / std::sqrt(static_cast<double>(q.shape(3)));  // (B, H, T, S)
}

Array read(const Given& in, const Array& weights) {
  return side_by_side(matmul(weights, projected(in, in.memory, "value")));
}

Array relaxed(const Given& in) {
  const Array scores = scores_of(in);
  const std::vector<std::size_t> shape(scores.shape().begin(), scores.shape().end());
  const Array noise = -xt::log(-xt::log(in.uniform(shape)));
  return softmax((scores + noise) / in.option.at("tau"), seen(in));
}

}  // namespace

// Key j is drawn when u falls between the sums of the weights before it and up to it.
Array hard(const Given& in) {
  const Array scores = scores_of(in);
  if (!in.training) return read(in, largest(scores, seen(in)));
  const Array weights = softmax(scores, seen(in)), upto = xt::cumsum(weights, 3);
  const Array u = in.uniform({scores.shape(0), scores.shape(1), scores.shape(2), 1});
  return read(in, xt::where(upto - weights <= u && u < upto, 1.0, 0.0));
}

Array gumbel(const Given& in) {
  return read(in, in.training ? relaxed(in) : largest(scores_of(in), seen(in)));
}

Array straight_through(const Given& in) {
  return read(in, largest(in.training ? relaxed(in) : scores_of(in), seen(in)));
}

}  // namespace heed_test::formula
