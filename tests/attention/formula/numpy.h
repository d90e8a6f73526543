// The words in which the second formulas are written: arrays of double, and what NumPy calls by
// these names. Computed by xtensor, so nothing of heed is in it.
#pragma once

#if __has_include(<xtensor/containers/xarray.hpp>)  // from 0.26 on
#include <xtensor/containers/xarray.hpp>
#include <xtensor/core/xmath.hpp>
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xarray.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>
#endif

#include <cstddef>

namespace heed_test::formula {

using Array = xt::xarray<double>;

// (..., T, D) and (..., D, S) -> (..., T, S); the axes in front are broadcast.
Array matmul(const Array& a, const Array& b);
// The last two axes exchanged.
Array turned(const Array& a);
// a[from:to] of the first axis.
Array rows(const Array& a, std::size_t from, std::size_t to);
// x w^T + b for x (..., C), w (A, C), b (A).
Array linear(const Array& x, const Array& w, const Array& b = 0.0);
// (B, T, H D) -> (B, H, T, D), and back.
Array heads(const Array& x, std::size_t count);
Array side_by_side(const Array& y);
// (B, S) -> (B, 1, 1, S), and (B, T, C) -> (B, 1, T, C).
Array over_queries(const Array& real);
Array as_one_head(const Array& x);

// Where each query stands, minus where each key stands, (T, S); the two sequences end together.
Array distances(std::size_t queries, std::size_t keys);

// e^s / sum e^s along the last axis, over the places where `seen` is not 0; zeros where none is.
Array softmax(const Array& scores, const Array& seen);
// A 1 at the largest score along the last axis among the places that are seen, zeros elsewhere.
Array largest(const Array& scores, const Array& seen);
Array sigmoid(const Array& x);
Array relu(const Array& x);
// (x - mean) / sqrt(variance + 1e-5) along the last axis, times w plus b.
Array layer_norm(const Array& x, const Array& w, const Array& b);

}  // namespace heed_test::formula
