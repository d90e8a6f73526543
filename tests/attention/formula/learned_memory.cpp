// Memories that are learned and belong to no input: Guo et al. 2021, arXiv 2105.02358, equations 5
// to 9; Sukhbaatar et al. 2019, arXiv 1907.01470, section 4. In loops over slots and vectors.
#include <cmath>
#include <vector>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

// One head after the other: e is divided down its columns, then along its rows.
Array external(const Given& in) {
  const Array x = heads(in.x, in.heads);  // (B, H, T, D)
  const Array &keys = in["keys"], &values = in["values"];
  const std::size_t tokens = x.shape(2), size = x.shape(3), slots = keys.shape(0);
  Array y = xt::zeros_like(x);
  for (std::size_t at = 0; at < x.shape(0) * in.heads; ++at) {
    const std::size_t b = at / in.heads, h = at % in.heads;
    Array e = Array::from_shape({tokens, slots});
    for (std::size_t s = 0; s < slots; ++s) {
      double column = 0;
      for (std::size_t i = 0; i < tokens; ++i) {
        double f = 0;
        for (std::size_t d = 0; d < size; ++d) f += x(b, h, i, d) * keys(s, d);
        column += e(i, s) = std::exp(f) * in.real(b, i);
      }
      for (std::size_t i = 0; i < tokens; ++i) e(i, s) /= column;
    }
    for (std::size_t i = 0; i < tokens; ++i) {
      double row = 0;
      for (std::size_t s = 0; s < slots; ++s) row += e(i, s);
      if (row == 0) continue;  // padding
      for (std::size_t s = 0; s < slots; ++s) {
        for (std::size_t d = 0; d < size; ++d) y(b, h, i, d) += e(i, s) / row * values(s, d);
      }
    }
  }
  return linear(side_by_side(y), in["out_proj.weight"]);
}

// The vectors take part in numerator and denominator of the softmax.
Array persistent(const Given& in) {
  const auto [q, k, v] = projected(in, {scale_of(in, in.heads), in.heads, in.heads});
  const double scale = scale_of(in, in.heads);
  const Array open = Array(xt::zeros<double>({q.shape(0), q.shape(1), q.shape(2), k.shape(2)})) +
                     seen(in);
  const Array &keys = in["keys"], &values = in["values"];  // (H, N, D)
  Array found = xt::zeros_like(q);
  for (std::size_t at = 0; at < q.size() / q.shape(3); ++at) {
    const std::size_t i = at % q.shape(2), h = at / q.shape(2) % q.shape(1),
                      b = at / (q.shape(2) * q.shape(1));
    std::vector<double> sum(q.shape(3));
    double total = 0;
    const auto add = [&, &query = q](const Array& key, const Array& value) {
      double product = 0;
      for (std::size_t d = 0; d < sum.size(); ++d) product += query(b, h, i, d) * key(d);
      const double weight = std::exp(product * scale);
      total += weight;
      for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += weight * value(d);
    };
    for (std::size_t j = 0; j < k.shape(2); ++j) {
      if (open(b, h, i, j) != 0) add(xt::view(k, b, h, j), xt::view(v, b, h, j));
    }
    for (std::size_t n = 0; n < keys.shape(1); ++n) {
      add(xt::view(keys, h, n), xt::view(values, h, n));
    }
    for (std::size_t d = 0; d < sum.size(); ++d) found(b, h, i, d) = sum[d] / total;
  }
  return output(in, found);
}

}  // namespace heed_test::formula
