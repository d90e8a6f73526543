// Reductions over axes: a kernel for each run of neighbouring axes.
#include "autograd/ops/reduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/axis_runs.h"
#include "autograd/kernels/reduce.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/centred.h"

namespace heed::inline HEED_REAL {
namespace {

// x with the run at extent 1, filled by kernel(x, y, lines). Without past.
template <class Kernel>
Tensor reduced_run(const Tensor& x, const AxisRun& run, Kernel kernel) {
  Tensor y = Tensor::empty(folded(x.shape(), run));
  kernel(x.data(), y.mutable_data(), lines_of(x.shape(), run));
  count_cost(0, static_cast<std::uint64_t>(x.size() + y.size()) * sizeof(Real));
  return y;
}

// For what may be reduced run after run, like a sum of sums.
template <class Kernel>
Tensor reduced(const Tensor& x, const GoneAxes& gone, Kernel kernel) {
  Tensor y = x.detach();
  for (const AxisRun& run : gone.runs()) y = reduced_run(y, run, kernel);
  return y;
}

Tensor sum_over(const Tensor& x, const GoneAxes& gone, bool keepdims) {
  const Tensor y = reduced(x, gone, sum_lines);
  return differentiable("sum", y.alias(gone.result(keepdims)),
                        wrt(x, [kept = y.shape(), from = x.shape()](const Tensor& g) {
                          return expand(reshape(g, kept), from);
                        }));
}

Tensor mean_over(const Tensor& x, const GoneAxes& gone, bool keepdims) {
  const Tensor y = reduced(x, gone, mean_lines);
  const auto count = static_cast<double>(gone.count());
  return differentiable("mean", y.alias(gone.result(keepdims)),
                        wrt(x, [kept = y.shape(), from = x.shape(), count](const Tensor& g) {
                          return expand(reshape(g / count, kept), from);
                        }));
}

// Of each element along the middle axis: the product of the others. (outer, n, inner) -> the same.
// Neighbours are multiplied, their partners found one level up, and so on: no division, 2n steps.
Tensor products_of_others(const Tensor& x) {
  const Index n = x.dim(1), half = n / 2;
  if (n < 2) return Tensor::ones(x.shape());
  const Tensor left = slice(x, 1, 0, half), right = slice(x, 1, half, 2 * half);
  const Tensor rest = slice(x, 1, 2 * half, n);  // nothing, or one
  const Tensor others = products_of_others(concat({left * right, rest}, 1));
  const Tensor beside = slice(others, 1, 0, half);
  return concat({beside * right, beside * left, slice(others, 1, half, half + n % 2)}, 1);
}

Tensor prod_run(const Tensor& x, const AxisRun& run) {
  const Lines lines = lines_of(x.shape(), run);
  const Shape middle{lines.outer, lines.n, lines.inner}, kept{lines.outer, 1, lines.inner};
  const Tensor y = reduced_run(x, run, prod_lines);
  return differentiable("prod", y, wrt(x, [x = keep(x), middle, kept](const Tensor& g) {
                          const Tensor others = products_of_others(reshape(x(), middle));
                          return reshape(reshape(g, kept) * others, x().shape());
                        }));
}

Tensor prod_over(const Tensor& x, const GoneAxes& gone, bool keepdims) {
  Tensor y = x;
  for (const AxisRun& run : gone.runs()) y = prod_run(y, run);
  return keepdims ? y : reshape(y, gone.left());
}

Tensor var_over(const Tensor& x, const GoneAxes& gone, Index correction) {
  const Tensor y =
      reduced_run(x, gone.runs()[0], [correction](const Real* from, Real* to, const Lines& lines) {
        var_lines(from, to, lines, correction);
      });
  const double factor = 2 / static_cast<double>(std::max<Index>(0, gone.count() - correction));
  return differentiable("var", y, wrt(x, [x = keep(x), gone, factor](const Tensor& g) {
                          return centred(x(), gone.sorted()) * (g * factor);
                        }));
}

// x / length, and 0 where that is 0. The derivative is one formula: in those of a quotient two
// infinities would meet beside the smallest numbers.
Tensor direction(const Tensor& x, const Tensor& length, const std::vector<int>& axes) {
  const Mask zero = length < double{std::numeric_limits<Real>::denorm_min()};
  const Tensor divisor = where(zero, 1.0, length);
  const Tensor u = where(zero, 0.0, x.detach() / divisor.detach());
  return differentiable("norm", u,
                        wrt(x, [divisor = keep(divisor), zero, axes](const Tensor& g,
                                                                     const Tensor& out) {
                          const Tensor across = g - out * sum(g * out, axes, true);
                          return where(zero, 0.0, across / divisor());
                        }));
}

Tensor norm_over(const Tensor& x, const GoneAxes& gone, bool keepdims) {
  const Tensor y = reduced(x, gone, norm_lines);
  return differentiable(
      "norm", y.alias(gone.result(keepdims)),
      wrt(x, [x = keep(x), kept = y.shape(), axes = gone.sorted()](const Tensor& g,
                                                                   const Tensor& out) {
        return reshape(g, kept) * direction(x(), reshape(out, kept), axes);
      }));
}

Tensor logsumexp_over(const Tensor& x, const GoneAxes& gone, bool keepdims) {
  const Tensor y = reduced(x, gone, logsumexp_lines);
  return differentiable("logsumexp", y.alias(gone.result(keepdims)),
                        wrt(x, [x = keep(x), kept = y.shape()](const Tensor& g, const Tensor& out) {
                          const Tensor total = reshape(out, kept);
                          const Mask nothing = total < double{std::numeric_limits<Real>::lowest()};
                          const Tensor shares = exp(x() - where(nothing, 0.0, total));
                          // They add up to 1, but for what `total` lost beside a large x.
                          const Tensor all = sum_to(shares, kept);
                          return reshape(g, kept) * (shares / where(all > 0.0, all, 1.0));
                        }));
}

void check_defined(const Mask& mask, const char* op) {
  if (!mask.defined()) throw ValueError(fmt::format("[{}] the mask is undefined", op));
}

Mask any_over(const Mask& mask, const GoneAxes& gone, bool keepdims) {
  return sum_over(to_tensor(mask), gone, keepdims) > 0.0;
}

}  // namespace

Tensor sum(const Tensor& x) { return sum_over(x, GoneAxes(x.shape()), false); }

Tensor sum(const Tensor& x, const Axes& axes, bool keepdims) {
  return sum_over(x, GoneAxes(x.shape(), axes, "sum"), keepdims);
}

Tensor mean(const Tensor& x) { return mean_over(x, GoneAxes(x.shape()), false); }

Tensor mean(const Tensor& x, const Axes& axes, bool keepdims) {
  return mean_over(x, GoneAxes(x.shape(), axes, "mean"), keepdims);
}

Tensor centred(const Tensor& x, const Axes& axes) {
  const Tensor y = x - mean(x, axes, true);
  return y - mean(y, axes, true);
}

Tensor prod(const Tensor& x) { return prod_over(x, GoneAxes(x.shape()), false); }

Tensor prod(const Tensor& x, const Axes& axes, bool keepdims) {
  return prod_over(x, GoneAxes(x.shape(), axes, "prod"), keepdims);
}

Tensor var(const Tensor& x) {
  return reshape(var_over(x, GoneAxes(x.shape()), VarOptions().correction), {});
}

Tensor var(const Tensor& x, const Axes& axes, const VarOptions& options) {
  const Calling calling("var");
  const GoneAxes gone(x.shape(), axes, "var");
  const Shape shape = gone.result(options.keepdims);
  if (gone.runs().size() == 1) return reshape(var_over(x, gone, options.correction), shape);
  // A variance of variances is none: the axes are brought together.
  const Tensor moved = permute(x, gone.order_to_end());
  std::vector<int> last(gone.sorted().size());
  for (std::size_t i = 0; i < last.size(); ++i) last[i] = -static_cast<int>(i) - 1;
  return reshape(var_over(moved, GoneAxes(moved.shape(), last, "var"), options.correction), shape);
}

Tensor std(const Tensor& x) {
  std::vector<int> all(static_cast<std::size_t>(x.rank()));
  std::iota(all.begin(), all.end(), 0);
  return std(x, all);
}

// Not sqrt(var(x)), whose derivative divides by 0 where all values are equal.
Tensor std(const Tensor& x, const Axes& axes, const VarOptions& options) {
  const Calling calling("std");
  const GoneAxes gone(x.shape(), axes, "std");
  const double left = static_cast<double>(std::max<Index>(0, gone.count() - options.correction));
  return norm(centred(x, axes), axes, options.keepdims) / std::sqrt(left);
}

Tensor norm(const Tensor& x) { return norm_over(x, GoneAxes(x.shape()), false); }

Tensor norm(const Tensor& x, const Axes& axes, bool keepdims) {
  return norm_over(x, GoneAxes(x.shape(), axes, "norm"), keepdims);
}

Tensor logsumexp(const Tensor& x) { return logsumexp_over(x, GoneAxes(x.shape()), false); }

Tensor logsumexp(const Tensor& x, const Axes& axes, bool keepdims) {
  return logsumexp_over(x, GoneAxes(x.shape(), axes, "logsumexp"), keepdims);
}

bool any(const Mask& mask) {
  check_defined(mask, "any");
  return std::any_of(mask.values().begin(), mask.values().end(), [](auto v) { return v != 0; });
}

bool all(const Mask& mask) {
  check_defined(mask, "all");
  return std::all_of(mask.values().begin(), mask.values().end(), [](auto v) { return v != 0; });
}

Mask any(const Mask& mask, const Axes& axes, bool keepdims) {
  check_defined(mask, "any");
  return any_over(mask, GoneAxes(mask.shape(), axes, "any"), keepdims);
}

Mask all(const Mask& mask, const Axes& axes, bool keepdims) {
  check_defined(mask, "all");
  return !any_over(!mask, GoneAxes(mask.shape(), axes, "all"), keepdims);
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const int added = x.rank() - shape.rank();
  std::vector<int> stretched;
  for (int axis = 0; axis < x.rank(); ++axis) {
    if (axis < added || (shape[axis - added] == 1 && x.shape()[axis] != 1))
      stretched.push_back(axis);
  }
  return reshape(sum(x, stretched, true), shape);
}

}  // namespace heed::inline HEED_REAL
