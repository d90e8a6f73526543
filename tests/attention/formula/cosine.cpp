// Henry et al. 2020, arXiv 2010.04245, section 3, with one scale a head as in Liu et al. 2022,
// arXiv 2111.09883, equation 2.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

namespace {

// The cosine of each query (T) with each key (S), a sum at a time.
Array cosines(const Array& q, const Array& k) {
  const std::size_t b = q.shape(0), h = q.shape(1), t = q.shape(2), s = k.shape(2), d = q.shape(3);
  Array all = xt::zeros<double>({b, h, t, s});
  for (std::size_t at = 0; at < all.size(); ++at) {
    const std::size_t key = at % s, query = at / s % t, head = at / (s * t) % h,
                      batch = at / (s * t * h);
    double product = 0, of_q = 0, of_k = 0;
    for (std::size_t i = 0; i < d; ++i) {
      const double x = q(batch, head, query, i), y = k(batch, head, key, i);
      product += x * y;
      of_q += x * x;
      of_k += y * y;
    }
    all.flat(at) = product / std::sqrt(of_q * of_k);
  }
  return all;
}

}  // namespace

Array cosine(const Given& in) {
  const std::size_t c = in.x.shape(2);
  const Array &w = in["in_proj_weight"], &b = in["in_proj_bias"];  // (3 C, C), (3 C)
  const auto project = [&](const Array& x, std::size_t third) {
    const std::size_t from = third * c, to = from + c;
    return heads(linear(x, rows(w, from, to), rows(b, from, to)), in.heads);  // (B, H, T, D)
  };
  const Array scores =
      cosines(project(in.x, 0), project(in.memory, 1)) * xt::exp(in["logit_scale"]);
  const Array y = side_by_side(matmul(softmax(scores, seen(in)), project(in.memory, 2)));
  return linear(y, in["out_proj.weight"], in["out_proj.bias"]);
}

}  // namespace heed_test::formula
