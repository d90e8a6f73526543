// Scans: a running result at every place of an axis.
#include "autograd/ops/scan.h"

#include "autograd/graph.h"
#include "autograd/kernels/scan.h"
#include "autograd/ledger.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/slicing.h"

namespace heed::inline HEED_REAL {
namespace {

// y moved on by one place, and `first` before it: y_{i-1} at place i.
Tensor one_before(const Tensor& y, int axis, double first) {
  const Index n = y.dim(axis);
  if (n == 0) return y;
  return pad(slice(y, axis, 0, n - 1), axis, 1, 0, {.value = first});
}

// y_i = x_i + f_i y_{i-1}; with `reverse`, y_i = x_i + f_{i+1} y_{i+1}. f_i stands between place
// i - 1 and place i both ways, so each direction is the other's derivative.
Tensor linear_recurrence(const Tensor& x, const Tensor& f, int axis, bool reverse) {
  Tensor y = Tensor::empty(x.shape());
  running_linear(x.data(), f.data(), y.mutable_data(), lines_of(x.shape(), axis), reverse);
  const auto size = static_cast<std::uint64_t>(x.size());
  count_cost(size, 3 * size * sizeof(Real));
  return differentiable(
      "linear_recurrence", y,
      wrt(x, [f = keep(f), axis, reverse](
                 const Tensor& g) { return linear_recurrence(g, f(), axis, !reverse); }),
      wrt(f, [f = keep(f), axis, reverse](const Tensor& g, const Tensor& out) {
        const Tensor back = linear_recurrence(g, f(), axis, !reverse);
        return reverse ? one_before(back, axis, 0) * out : back * one_before(out, axis, 0);
      }));
}

}  // namespace

Tensor cumsum(const Tensor& x, int axis, bool reverse, bool exclusive) {
  const Calling calling("cumsum");
  axis = x.shape().axis(axis, "cumsum");
  if (exclusive && x.dim(axis) > 0) {
    const Index most = x.dim(axis) - 1;
    const Tensor others = reverse ? slice(x, axis, 1, most + 1) : slice(x, axis, 0, most);
    return pad(cumsum(others, axis, reverse), axis, !reverse, reverse);
  }
  Tensor y = Tensor::empty(x.shape());
  running_sums(x.data(), y.mutable_data(), lines_of(x.shape(), axis), reverse);
  count_cost(0, 2 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return differentiable(
      "cumsum", y, wrt(x, [axis, reverse](const Tensor& g) { return cumsum(g, axis, !reverse); }));
}

Tensor cumprod(const Tensor& x, int axis) {
  axis = x.shape().axis(axis, "cumprod");
  Tensor y = Tensor::empty(x.shape());
  running_products(x.data(), y.mutable_data(), lines_of(x.shape(), axis));
  const auto size = static_cast<std::uint64_t>(x.size());
  count_cost(size, 2 * size * sizeof(Real));
  // dL/dx_i = y_{i-1} (g_i + x_{i+1} (g_{i+1} + x_{i+2} (...)))
  return differentiable(
      "cumprod", y, wrt(x, [x = keep(x), axis](const Tensor& g, const Tensor& out) {
        return one_before(out, axis, 1) * linear_recurrence(g, x(), axis, true);
      }));
}

}  // namespace heed::inline HEED_REAL
