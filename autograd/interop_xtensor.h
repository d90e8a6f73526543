// Tensors beside xtensor. Opt in: link heed_interop_xtensor (heed64_interop_xtensor for double);
// nothing inside the library includes this.
//
//   xt::xarray<Real> a = xt::exp(show(x)) + 1;      // reads the memory of x, no copy
//   Tensor y = take(xt::sum(show(x), {0}));         // evaluates the expression into a new tensor
//
// No gradient flows through either direction.
#pragma once

#if __has_include(<xtensor/containers/xadapt.hpp>)  // from 0.26 on
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/core/xnoalias.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xnoalias.hpp>
#endif

#include <utility>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

namespace detail {

template <class Number>
using ArrayOver = decltype(xt::adapt(std::declval<Number*>(), std::size_t{}, xt::no_ownership(),
                                     std::vector<std::size_t>()));

template <class Number>
ArrayOver<Number> array_over(Number* data, const Shape& shape) {
  return xt::adapt(std::move(data), static_cast<std::size_t>(shape.size()), xt::no_ownership(),
                   std::vector<std::size_t>(shape.begin(), shape.end()));
}

}  // namespace detail

// The values of x as a read-only xtensor array of its shape, without a copy. Valid while x (or
// another handle to its memory) lives and is not written.
inline detail::ArrayOver<const Real> show(const Tensor& x) {
  return detail::array_over(x.data(), x.shape());
}
// A temporary would leave the view without memory.
void show(Tensor&&) = delete;

// The values of an xtensor expression, evaluated once, as a tensor of its shape. Throws ShapeError
// on more than 8 axes.
template <class Expression>
Tensor take(const xt::xexpression<Expression>& expression) {
  const Expression& values = expression.derived_cast();
  const std::vector<Index> extents(values.shape().begin(), values.shape().end());
  const Tensor result = Tensor::empty(Shape(std::span<const Index>(extents)));
  detail::ArrayOver<Real> place = detail::array_over(result.mutable_data(), result.shape());
  xt::noalias(place) = values;
  return result;
}

}  // namespace heed::inline HEED_REAL
