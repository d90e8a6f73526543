// Dai et al. 2019, arXiv 1901.02860, section 3.3: the four terms (a) to (d), with a vector of its
// own for every pair.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

namespace {

// R_(i-j) of every pair: (T, T, C), sines and cosines in turn.
Array sines_of_distances(std::size_t length, std::size_t width) {
  const Array apart = distances(length, length);  // i - j
  Array r = Array::from_shape({length, length, width});
  for (std::size_t c = 0; c < width; c += 2) {
    const Array angle = apart / std::pow(1e4, static_cast<double>(c) / static_cast<double>(width));
    xt::view(r, xt::all(), xt::all(), c) = xt::sin(angle);
    xt::view(r, xt::all(), xt::all(), c + 1) = xt::cos(angle);
  }
  return r;
}

// (H, D) -> (H, 1, D): the same for every query.
Array for_all(const Array& bias) { return xt::view(bias, xt::all(), xt::newaxis(), xt::all()); }

}  // namespace

Array transformer_xl(const Given& in) {
  const std::size_t c = in.x.shape(2), length = in.x.shape(1);
  const Array& packed = in["in_proj_weight"];
  const Array q = heads(linear(in.x, rows(packed, 0, c)), in.heads);  // (B, H, T, D)
  const Array k = heads(linear(in.x, rows(packed, c, 2 * c)), in.heads);
  const Array v = heads(linear(in.x, rows(packed, 2 * c, 3 * c)), in.heads);
  const Array positions = linear(sines_of_distances(length, c), in["position.weight"]);
  const Array r = heads(positions, in.heads);  // (T of queries, H, T of keys, D)
  Array by_distance = Array::from_shape({q.shape(0), in.heads, length, length});
  const Array u = for_all(in["content_bias"]), w = for_all(in["position_bias"]);
  for (std::size_t i = 0; i < length; ++i) {
    const Array one = xt::view(q + w, xt::all(), xt::all(), xt::range(i, i + 1));  // (B, H, 1, D)
    const Array its_r = xt::view(r, i);                                            // (H, T, D)
    xt::view(by_distance, xt::all(), xt::all(), xt::range(i, i + 1)) = matmul(one, turned(its_r));
  }
  const Array scores = (matmul(q + u, turned(k)) + by_distance) * scale_of(in, in.heads);
  const Array found = matmul(softmax(scores, seen(in)), v);
  return linear(side_by_side(found), in["out_proj.weight"]);
}

}  // namespace heed_test::formula
