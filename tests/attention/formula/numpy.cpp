#include "tests/attention/formula/numpy.h"

#include <limits>
#include <numeric>
#include <vector>

#if __has_include(<xtensor/misc/xmanipulation.hpp>)
#include <xtensor/misc/xmanipulation.hpp>
#else
#include <xtensor/xmanipulation.hpp>
#endif

namespace heed_test::formula {

Array matmul(const Array& a, const Array& b) {
  const std::size_t inner = a.dimension() - 1;
  const Array left = xt::expand_dims(a, a.dimension());       // (..., T, D, 1)
  const Array right = xt::expand_dims(b, b.dimension() - 2);  // (..., 1, D, S)
  const Array products = left * right;                        // (..., T, D, S)
  return xt::sum(products, {products.dimension() - a.dimension() - 1 + inner});
}

Array turned(const Array& a) {
  std::vector<std::size_t> order(a.dimension());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return xt::transpose(a, order);
}

Array rows(const Array& a, std::size_t from, std::size_t to) {
  return xt::view(a, xt::range(from, to));
}

Array linear(const Array& x, const Array& w, const Array& b) { return matmul(x, turned(w)) + b; }

Array heads(const Array& x, std::size_t count) {
  Array apart = x;
  apart.reshape({x.shape(0), x.shape(1), count, x.shape(2) / count});  // (B, T, H, D)
  return xt::transpose(apart, {0, 2, 1, 3});
}

Array side_by_side(const Array& y) {
  Array apart = xt::transpose(y, {0, 2, 1, 3});  // (B, T, H, D)
  apart.reshape({y.shape(0), y.shape(2), y.shape(1) * y.shape(3)});
  return apart;
}

Array over_queries(const Array& real) {
  Array spread = real;
  spread.reshape({real.shape(0), std::size_t{1}, std::size_t{1}, real.shape(1)});
  return spread;
}

Array as_one_head(const Array& x) { return xt::expand_dims(x, 1); }

Array distances(std::size_t queries, std::size_t keys) {
  const Array query = xt::arange<double>(static_cast<double>(queries));
  const Array key = xt::arange<double>(static_cast<double>(keys));
  const double shift = static_cast<double>(keys) - static_cast<double>(queries);
  return xt::expand_dims(query, 1) + shift - xt::expand_dims(key, 0);
}

Array softmax(const Array& scores, const Array& seen) {
  const std::size_t last = scores.dimension() - 1;
  const double lowest = std::numeric_limits<double>::lowest();
  const Array open = xt::where(seen > 0.0, scores, lowest);
  const Array top = xt::amax(open, {last}, xt::keep_dims);
  const Array powers = xt::where(seen > 0.0, xt::exp(open - top), 0.0);
  const Array total = xt::sum(powers, {last}, xt::keep_dims);
  return powers / xt::where(total > 0.0, total, 1.0);
}

Array largest(const Array& scores, const Array& seen) {
  const double lowest = std::numeric_limits<double>::lowest();
  const Array open = xt::where(seen > 0.0, scores, lowest);
  const Array top = xt::amax(open, {scores.dimension() - 1}, xt::keep_dims);
  return xt::where(xt::equal(open, top) && open > lowest, 1.0, 0.0);
}

Array relu(const Array& x) { return xt::maximum(x, 0.0); }

Array sigmoid(const Array& x) { return 1.0 / (1.0 + xt::exp(-x)); }

// By sums: xt::mean with keep_dims inside an expression gave wrong values (xtensor 0.24, g++ 12).
Array layer_norm(const Array& x, const Array& w, const Array& b) {
  const std::size_t last = x.dimension() - 1;
  const double count = static_cast<double>(x.shape(last));
  const Array mean = xt::sum(x, {last}, xt::keep_dims) / count;
  const Array centred = x - mean;
  const Array variance = xt::sum(xt::square(centred), {last}, xt::keep_dims) / count;
  return centred / xt::sqrt(variance + 1e-5) * w + b;
}

}  // namespace heed_test::formula
