// Reductions: several elements become one. Over all axes, or over one or a list of them, whose
// extents become 1 (keepdims) or go away; over an empty list every element is by itself. Sums are
// accurate: the mean of 2^25 ones is 1 over each axis. The largest and the smallest: extremes.h.
#pragma once

#include "autograd/axes.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// The sum; 0 over nothing.
Tensor sum(const Tensor& x);
Tensor sum(const Tensor& x, const Axes& axes, bool keepdims = false);
// The sum divided by the count. NaN over nothing.
Tensor mean(const Tensor& x);
Tensor mean(const Tensor& x, const Axes& axes, bool keepdims = false);
// The product; 1 over nothing. The derivative divides by nothing, so it is right beside any number
// of zeros.
Tensor prod(const Tensor& x);
Tensor prod(const Tensor& x, const Axes& axes, bool keepdims = false);

struct VarOptions {
  // What is taken off the count. 1: the estimate from a sample (PyTorch's default); 0: the mean
  // squared distance (NumPy's). NaN or inf where nothing is left to divide by, as in both.
  Index correction = 1;
  bool keepdims = false;
};
// The variance. Accurate beside a large mean.
Tensor var(const Tensor& x);
Tensor var(const Tensor& x, const Axes& axes, const VarOptions& options = {});

// The standard deviation, the square root of the variance. The gradient of equal values is 0.
Tensor std(const Tensor& x);
Tensor std(const Tensor& x, const Axes& axes, const VarOptions& options = {});

// The Euclidean norm, sqrt(sum(x^2)), without overflow on the way. The gradient of a vector of
// zeros is 0.
Tensor norm(const Tensor& x);
Tensor norm(const Tensor& x, const Axes& axes, bool keepdims = false);

// log(sum(exp(x))) without overflow. -inf over nothing and over nothing but -inf, where the
// gradient is 0; beside an inf it is NaN, as in PyTorch.
Tensor logsumexp(const Tensor& x);
Tensor logsumexp(const Tensor& x, const Axes& axes, bool keepdims = false);

// Is one true; are all. Over nothing: false; true.
bool any(const Mask& mask);
bool all(const Mask& mask);
Mask any(const Mask& mask, const Axes& axes, bool keepdims = false);
Mask all(const Mask& mask, const Axes& axes, bool keepdims = false);

// The sum over the axes that broadcasting stretched: from x's shape back to `shape`.
Tensor sum_to(const Tensor& x, const Shape& shape);

}  // namespace heed::inline HEED_REAL
