// Comparisons, and the choice between two tensors.
#include <algorithm>

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
Mask compare(const char* name, const Tensor& a, const Tensor& b, Compare compare_lanes) {
  return as_mask(map(broadcast(a.shape(), b.shape(), name), std::array{&a, &b}, compare_lanes));
}

Tensor chosen(const Mask& condition, const Tensor& a, const Tensor& b) {
  const Tensor flags = to_tensor(condition);
  const Shape shape = broadcast(broadcast(a.shape(), b.shape(), "where"), flags.shape(), "where");
  return map(shape, std::array{&flags, &a, &b},
             [](Lane flag, Lane u, Lane v) { return where(flag != Lane(0.0), u, v); });
}

}  // namespace

Mask operator>(const Tensor& a, const Tensor& b) {
  return compare("greater", a, b,
                 [](Lane u, Lane v) { return where(u > v, Lane(1.0), Lane(0.0)); });
}
Mask operator<(const Tensor& a, const Tensor& b) { return b > a; }
Mask operator>(const Tensor& a, double b) { return a > Tensor::scalar(static_cast<Real>(b)); }
Mask operator<(const Tensor& a, double b) { return Tensor::scalar(static_cast<Real>(b)) > a; }

Tensor to_tensor(const Mask& mask) {
  Tensor y = Tensor::empty(mask.shape());
  std::transform(mask.values().begin(), mask.values().end(), y.mutable_data(),
                 [](std::uint8_t v) { return static_cast<Real>(v); });
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
  return where(condition, a, Tensor::scalar(static_cast<Real>(b)));
}
Tensor where(const Mask& condition, double a, const Tensor& b) {
  return where(condition, Tensor::scalar(static_cast<Real>(a)), b);
}

}  // namespace heed::inline HEED_REAL
