// Luong, Pham, Manning 2015, arXiv 1508.04025, equations 9 and 10; positions count from 0.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array local_predictive(const Given& in) {
  const double window = in.option.at("window"), sigma = window / 2;
  const Array length = xt::sum(in.real, {1}, xt::keep_dims);                 // (B, 1)
  const Array hidden = xt::tanh(linear(in.x, in["position.weight"]));        // (B, T, A)
  const Array guess = sigmoid(xt::sum(hidden * in["score"], {2}));           // (B, T)
  const Array centre = length * guess;                                       // p_t
  const Array place = xt::arange<double>(static_cast<double>(in.memory.shape(1)));
  const Array offset = place - xt::view(centre, xt::all(), xt::all(), xt::newaxis());
  const Array near = xt::where(xt::abs(offset) <= window, 1.0, 0.0);         // (B, T, S)
  const Array scores = matmul(in.x, turned(linear(in.memory, in["key.weight"])));
  const Array soft = softmax(as_one_head(scores), as_one_head(near) * over_queries(in.real));
  const Array bell = xt::exp(-xt::square(offset) / (2 * sigma * sigma));
  return side_by_side(matmul(soft * as_one_head(bell), as_one_head(in.memory)));
}

// Sections 3.1 and 3.2 with p_t = t.
Array global(const Given& in) {
  const Array scores = matmul(in.x, turned(linear(in.memory, in["key.weight"])));
  return side_by_side(
      matmul(softmax(as_one_head(scores), over_queries(in.real)), as_one_head(in.memory)));
}

Array local_monotonic(const Given& in) {
  const Array offset = distances(in.x.shape(1), in.memory.shape(1));
  const Array near = xt::where(xt::abs(offset) <= in.option.at("window"), 1.0, 0.0);  // (T, S)
  const Array scores = matmul(in.x, turned(linear(in.memory, in["key.weight"])));
  return side_by_side(
      matmul(softmax(as_one_head(scores), over_queries(in.real) * near), as_one_head(in.memory)));
}

}  // namespace heed_test::formula
