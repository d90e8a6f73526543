// softmax, log_softmax and masked_softmax: kernels for the last axis, which others change places
// with.
#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/rows.h"
#include "autograd/kernels/softmax.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

// The result of kernel(rows, width, x, result) on the rows of x.
template <class Kernel>
Tensor map_rows(const Tensor& x, Kernel kernel) {
  Tensor result = Tensor::empty(x.shape());
  kernel(row_count(x.shape()), x.dim(-1), x.data(), result.mutable_data());
  count_cost(0, 2 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return result;
}

// Is it another axis than the last?
bool is_inner(const char* op, const Tensor& x, int axis) {
  if (x.rank() == 0) throw ShapeError(fmt::format("[{}] a scalar has no axis", op));
  return x.shape().axis(axis, op) != x.rank() - 1;
}

// False for a row that holds nothing but -inf. Shape (..., 1).
Mask rows_with_entries(const Tensor& x) {
  std::vector<std::uint8_t> values(static_cast<std::size_t>(x.shape().with(-1, 1).size()));
  find_entries(row_count(x.shape()), x.dim(-1), x.data(), values.data());
  return Mask(x.shape().with(-1, 1), std::move(values));
}

// The derivative of softmax, given its output; in plain ops when it is to be differentiated itself.
Tensor softmax_gradient(const Tensor& g, const Tensor& y) {
  if (grad_enabled()) return y * (g - sum(g * y, {-1}, true));
  return map_rows(g, [&y](Index rows, Index n, const Real* from, Real* to) {
    softmax_gradient_rows(rows, n, y.data(), from, to);
  });
}

// Whatever g holds in hidden places must neither reach the sum nor come out.
Tensor masked_softmax_gradient(const Tensor& g, const Tensor& y, const Mask& visible) {
  if (grad_enabled()) {
    return where(visible, softmax_gradient(where(visible, g, 0.0), y), 0.0);
  }
  const MaskRows mask(visible, g.shape(), "masked_softmax");
  return map_rows(g, [&](Index rows, Index n, const Real* from, Real* to) {
    masked_softmax_gradient_rows(mask, rows, n, y.data(), from, to);
  });
}

Tensor log_softmax_gradient(const Tensor& g, const Tensor& y) {
  if (grad_enabled()) {
    return where(rows_with_entries(y), g - exp(y) * sum(g, {-1}, true), 0.0);
  }
  return map_rows(g, [&y](Index rows, Index n, const Real* from, Real* to) {
    log_softmax_gradient_rows(rows, n, y.data(), from, to);
  });
}

}  // namespace

Tensor softmax(const Tensor& x, int axis) {
  const Calling calling("softmax");
  if (is_inner("softmax", x, axis)) return transpose(softmax(transpose(x, axis)), axis);
  const Tensor y = map_rows(x, softmax_rows);
  return differentiable("softmax", y, wrt(x, [](const Tensor& g, const Tensor& out) {
                          return softmax_gradient(g, out);
                        }));
}

Tensor twin::softmax(const Tensor& x) {
  // Where a number takes part: everywhere but at -inf. NaN does, and shows in the result.
  const Mask visible = !(x < static_cast<double>(std::numeric_limits<Real>::lowest()));
  return twin::masked_softmax(x, visible);
}

Tensor masked_softmax(const Tensor& x, const Mask& visible, int axis) {
  const Calling calling("masked_softmax");
  const bool inner = is_inner("masked_softmax", x, axis);
  if (!visible.defined()) throw ValueError("[masked_softmax] the mask is undefined");
  const MaskRows mask(visible, x.shape(), "masked_softmax");
  if (inner) {
    const Mask turned = transpose(expand(to_tensor(visible), x.shape()), axis) > 0.0;
    return transpose(masked_softmax(transpose(x, axis), turned), axis);
  }
  const Tensor y = map_rows(x, [&mask](Index rows, Index n, const Real* from, Real* to) {
    masked_softmax_rows(mask, rows, n, from, to);
  });
  return differentiable("masked_softmax", y, wrt(x, [visible](const Tensor& g, const Tensor& out) {
                          return masked_softmax_gradient(g, out, visible);
                        }));
}

Tensor twin::masked_softmax(const Tensor& x, const Mask& visible) {
  if (x.size() == 0) return x;
  // The shift cancels, so it carries no gradient; a row without entries is shifted by 0.
  const Tensor entries = where(visible, x.detach(), static_cast<double>(minus_infinity));
  const Tensor shift = where(rows_with_entries(entries), max(entries, -1, true), 0.0);
  const Tensor e = where(visible, exp(where(visible, x - shift, 0.0)), 0.0);
  const Tensor total = sum(e, {-1}, true);  // at least 1, the largest entry's own, or 0
  return e / where(total < 0.5, 1.0, total);
}

Tensor log_softmax(const Tensor& x, int axis) {
  const Calling calling("log_softmax");
  if (is_inner("log_softmax", x, axis)) return transpose(log_softmax(transpose(x, axis)), axis);
  const Tensor y = map_rows(x, log_softmax_rows);
  return differentiable("log_softmax", y, wrt(x, [](const Tensor& g, const Tensor& out) {
                          return log_softmax_gradient(g, out);
                        }));
}

Tensor twin::log_softmax(const Tensor& x) {
  if (x.size() == 0) return x;
  const Mask filled = rows_with_entries(x);
  const Tensor safe = where(filled, x, 0.0);
  // The largest goes first: beside it log n would lose its digits.
  const Tensor below = safe - max(safe, -1, true).detach();
  return where(filled, below - logsumexp(below, -1, true), static_cast<double>(minus_infinity));
}

}  // namespace heed::inline HEED_REAL
