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

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

namespace detail {

inline std::vector<std::size_t> xtensor_shape(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

}  // namespace detail

// The values of x as a read-only xtensor array of its shape, without a copy. Valid while x (or
// another handle to its memory) lives and is not written.
inline auto show(const Tensor& x) {
  return xt::adapt(x.data(), static_cast<std::size_t>(x.size()), xt::no_ownership(),
                   detail::xtensor_shape(x.shape()));
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
  auto place = xt::adapt(result.mutable_data(), static_cast<std::size_t>(result.size()),
                         xt::no_ownership(), detail::xtensor_shape(result.shape()));
  xt::noalias(place) = values;
  return result;
}

}  // namespace heed::inline HEED_REAL
