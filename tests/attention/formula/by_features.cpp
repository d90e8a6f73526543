// Katharopoulos et al. 2020, arXiv 2006.16236, equation 9; Choromanski et al. 2020, arXiv
// 2009.14794, section 2.3, with the rows that the layer drew.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// Token by token: S and z grow where a key is real, over all keys before anybody asks or, causal,
// up to the one beside the query.
Array summed(const Given& in, Array (*phi)(const Given& in, const Array& x)) {
  const Projected at = projected(in, {1, in.heads, in.heads});
  const Array q = phi(in, at.q), k = phi(in, at.k);  // (B, H, T or S, F)
  const std::size_t queries = q.shape(2), keys = k.shape(2), size = at.v.shape(3);
  Array found = xt::zeros<double>({q.shape(0), q.shape(1), queries, size});
  for (std::size_t b = 0; b < q.shape(0); ++b) {
    for (std::size_t h = 0; h < q.shape(1); ++h) {
      for (std::size_t i = 0; i < queries; ++i) {
        Array s = xt::zeros<double>({size});
        double z = 0;
        for (std::size_t j = 0; j < keys; ++j) {
          if (in.real(b, j) == 0.0 || (in.causal && j + queries > i + keys)) continue;
          double fit = 0;
          for (std::size_t f = 0; f < q.shape(3); ++f) fit += q(b, h, i, f) * k(b, h, j, f);
          for (std::size_t d = 0; d < size; ++d) s(d) += fit * at.v(b, h, j, d);
          z += fit;
        }
        for (std::size_t d = 0; d < size && z > 0; ++d) found(b, h, i, d) = s(d) / z;
      }
    }
  }
  return output(in, found);
}

}  // namespace

Array linear_attention(const Given& in) {
  return summed(in, [](const Given&, const Array& x) -> Array {
    return xt::where(x > 0.0, x + 1.0, xt::exp(x));
  });
}

Array performer(const Given& in) {
  return summed(in, [](const Given& given, const Array& x) -> Array {
    const Array u = x * std::pow(static_cast<double>(x.shape(3)), -0.25);
    const Array norms = xt::sum(xt::square(u), {3}, xt::keep_dims);
    return xt::exp(matmul(u, turned(given["rows"])) - norms / 2.0);
  });
}

}  // namespace heed_test::formula
