// Sukhbaatar, Grave, Bojanowski, Joulin 2019, arXiv 1905.07799, equations 1 to 5: the mask itself
// times e^s, and not its logarithm. The span by a sigmoid.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array adaptive_span(const Given& in) {
  const Projected at = projected(in, {1, in.heads, in.heads});
  const std::size_t length = in.x.shape(1);
  const Array& r = in["distance.weight"];  // (2 S + 1, D), the middle row for distance 0
  const double most = static_cast<double>(r.shape(0) / 2), ramp = in.option.at("ramp");
  const Array apart = distances(length, length);  // i - j
  Array toward = Array::from_shape({length, length, r.shape(1)});
  for (std::size_t i = 0; i < length; ++i) {
    for (std::size_t j = 0; j < length; ++j) {
      const auto row = static_cast<std::size_t>(most - apart(i, j));
      xt::view(toward, i, j) = xt::view(r, row);
    }
  }
  const Array asked = xt::view(at.q, xt::all(), xt::all(), xt::all(), xt::newaxis()) * toward;
  const Array by_distance = xt::sum(asked, {4});  // (B, H, T, T)
  const Array scores = (matmul(at.q, turned(at.k)) + by_distance) * scale_of(in, in.heads);
  Array z = most * sigmoid(in["span"]);  // (H)
  z.reshape({in.heads, std::size_t{1}, std::size_t{1}});
  const Array mask = xt::clip((ramp + z - xt::abs(apart)) / ramp, 0.0, 1.0) * seen(in);
  const Array weights = xt::exp(scores) * mask;
  const Array total = xt::sum(weights, {3}, xt::keep_dims);
  return output(in, matmul(weights / xt::where(total > 0.0, total, 1.0), at.v));
}

}  // namespace heed_test::formula
