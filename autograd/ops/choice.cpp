// Comparisons, and the choice between two tensors.
#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops/elementwise.h"

namespace heed::inline HEED_REAL {
namespace {

Mask as_mask(const Tensor& zeros_and_ones) {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(zeros_and_ones.size()));
  std::transform(zeros_and_ones.values().begin(), zeros_and_ones.values().end(), values.begin(),
                 [](Real v) { return static_cast<std::uint8_t>(v != 0); });
  return Mask(zeros_and_ones.shape(), std::move(values));
}

template <class Compare>
Mask compare(const char* name, const Tensor& a, const Tensor& b, Compare holds) {
  return as_mask(map(broadcast(a.shape(), b.shape(), name), std::array{&a, &b},
                     [holds](Lane u, Lane v) { return where(holds(u, v), Lane(1.0), Lane(0.0)); }));
}

Tensor number(double value) { return Tensor::scalar(static_cast<Real>(value)); }

Tensor chosen(const Mask& condition, const Tensor& a, const Tensor& b) {
  if (!condition.defined()) throw ValueError("[where] the mask is undefined");
  const Tensor flags = to_tensor(condition);
  const Shape shape = broadcast(broadcast(a.shape(), b.shape(), "where"), flags.shape(), "where");
  return map(shape, std::array{&flags, &a, &b},
             [](Lane flag, Lane u, Lane v) { return where(flag != Lane(0.0), u, v); });
}

}  // namespace

Mask operator>(const Tensor& a, const Tensor& b) {
  return compare("greater", a, b, [](Lane u, Lane v) { return u > v; });
}
Mask operator<(const Tensor& a, const Tensor& b) {
  return compare("less", a, b, [](Lane u, Lane v) { return u < v; });
}
Mask operator>=(const Tensor& a, const Tensor& b) {
  return compare("greater_equal", a, b, [](Lane u, Lane v) { return u >= v; });
}
Mask operator<=(const Tensor& a, const Tensor& b) {
  return compare("less_equal", a, b, [](Lane u, Lane v) { return u <= v; });
}
Mask eq(const Tensor& a, const Tensor& b) {
  return compare("eq", a, b, [](Lane u, Lane v) { return u == v; });
}
Mask ne(const Tensor& a, const Tensor& b) {
  return compare("ne", a, b, [](Lane u, Lane v) { return u != v; });
}
Mask operator>(const Tensor& a, double b) { return a > number(b); }
Mask operator<(const Tensor& a, double b) { return a < number(b); }
Mask operator>=(const Tensor& a, double b) { return a >= number(b); }
Mask operator<=(const Tensor& a, double b) { return a <= number(b); }
Mask eq(const Tensor& a, double b) { return eq(a, number(b)); }
Mask ne(const Tensor& a, double b) { return ne(a, number(b)); }

Mask isfinite(const Tensor& x) {
  const double most = std::numeric_limits<Real>::max();
  return as_mask(map(x.shape(), std::array{&x}, [most](Lane v) {
    return where(abs(v) <= most, Lane(1.0), Lane(0.0));
  }));
}

bool allclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  const NoGrad off;
  const Shape shape = broadcast(a.shape(), b.shape(), "allclose");
  const Tensor wide_a = expand(a, shape), wide_b = expand(b, shape);
  for (Index i = 0; i < shape.size(); ++i) {
    const auto x = static_cast<double>(wide_a.data()[i]);
    const auto y = static_cast<double>(wide_b.data()[i]);
    if (x == y || (equal_nan && std::isnan(x) && std::isnan(y))) continue;
    // An infinity would be close to everything.
    if (!std::isfinite(y) || !(std::abs(x - y) <= atol + rtol * std::abs(y))) return false;
  }
  return true;
}

Tensor to_tensor(const Mask& mask) {
  Tensor y = Tensor::empty(mask.shape());
  std::transform(mask.values().begin(), mask.values().end(), y.mutable_data(),
                 [](std::uint8_t v) { return static_cast<Real>(v != 0); });
  return y;
}

// The rules choose as well, and never multiply: 0 * inf would be NaN in the branch not taken.
Tensor where(const Mask& condition, const Tensor& a, const Tensor& b) {
  const auto rule_a = [condition, shape = a.shape()](const Tensor& g) {
    return sum_to(where(condition, g, 0.0), shape);
  };
  const auto rule_b = [condition, shape = b.shape()](const Tensor& g) {
    return sum_to(where(condition, 0.0, g), shape);
  };
  return differentiable("where", chosen(condition, a, b), wrt(a, rule_a), wrt(b, rule_b));
}

Tensor where(const Mask& condition, const Tensor& a, double b) {
  return where(condition, a, number(b));
}
Tensor where(const Mask& condition, double a, const Tensor& b) {
  return where(condition, number(a), b);
}

}  // namespace heed::inline HEED_REAL
