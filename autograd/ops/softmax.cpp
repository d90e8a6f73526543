// softmax, log_softmax and masked_softmax over the last axis.
#include <fmt/format.h>

#include <cmath>
#include <utility>
#include <vector>

#include "autograd/graph.h"
#include "autograd/kernels/mask_rows.h"
#include "autograd/kernels/rows.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/twins.h"

namespace heed::inline HEED_REAL {
namespace {

// work(first row, x rows, result rows, how many rows, width), over all rows of x.
template <class Work>
Tensor map_row_tiles(const Tensor& x, Work work) {
  Tensor result = Tensor::empty(x.shape());
  const Index rows = row_count(x.shape());
  const Index n = x.dim(-1);
  const Real* from = x.data();
  Real* to = result.mutable_data();
  for_row_tiles(rows, n, [&](Index, Index first, Index last) {
    work(first, from + first * n, to + first * n, last - first, n);
  });
  count_cost(0, 2 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return result;
}

// row(r, x row, result row, width), over all rows of x.
template <class Row>
Tensor map_rows(const Tensor& x, Row row) {
  return map_row_tiles(x, [&](Index first, const Real* from, Real* to, Index rows, Index n) {
    for (Index r = 0; r < rows; ++r) row(first + r, from + r * n, to + r * n, n);
  });
}

void check_has_axis(const char* op, const Tensor& x) {
  if (x.rank() == 0) throw ShapeError(fmt::format("[{}] a scalar has no axis", op));
}

void log_softmax_row(const Real* x, Real* y, Index n) {
  const Real top = max_of_row(x, n);
  if (top == minus_infinity) {
    std::fill_n(y, n, minus_infinity);
    return;
  }
  const Real normaliser = top + std::log(exp_row(x, top, y, n));
  for_lanes(n, [&](Index i, Index count) {
    store_lane(load_lane(x + i, count) - Lane(normaliser), y + i, count);
  });
}

// dx = g - e^y sum(g).
void log_softmax_gradient_row(const Real* y, const Real* g, Real* dx, Index n) {
  if (max_of_row(y, n) == minus_infinity) {  // a constant row
    std::fill_n(dx, n, Real{0});
    return;
  }
  const Lane total(sum_row(g, n));
  for_lanes(n, [&](Index i, Index count) {
    store_lane(load_lane(g + i, count) - exp(load_lane(y + i, count)) * total, dx + i, count);
  });
}

// False for a row that holds nothing but -inf. Shape (..., 1).
Mask rows_with_entries(const Tensor& x) {
  const Index rows = row_count(x.shape());
  const Index n = x.dim(-1);
  std::vector<std::uint8_t> values(static_cast<std::size_t>(x.shape().with(-1, 1).size()));
  for (Index r = 0; r < rows; ++r) {
    values[static_cast<std::size_t>(r)] = max_of_row(x.data() + r * n, n) != minus_infinity;
  }
  return Mask(x.shape().with(-1, 1), std::move(values));
}

// The derivative of softmax, given its output; in plain ops when it is to be differentiated itself.
Tensor softmax_gradient(const Tensor& g, const Tensor& y) {
  if (grad_enabled()) return y * (g - sum(g * y, {-1}, true));
  return map_rows(g, [&](Index r, const Real* from, Real* to, Index n) {
    softmax_gradient_row(y.data() + r * n, from, to, n);
  });
}

// Whatever g holds in hidden places must neither reach the sum nor come out.
Tensor masked_softmax_gradient(const Tensor& g, const Tensor& y, const Mask& visible) {
  if (grad_enabled()) {
    return where(visible, softmax_gradient(where(visible, g, 0.0), y), 0.0);
  }
  const MaskRows rows(visible, g.shape(), "masked_softmax");
  return map_rows(g, [&](Index r, const Real* from, Real* to, Index n) {
    hide_row(rows.row(r), from, 0, to, n);
    softmax_gradient_row(y.data() + r * n, to, to, n);
    hide_row(rows.row(r), to, 0, to, n);
  });
}

Tensor log_softmax_gradient(const Tensor& g, const Tensor& y) {
  if (grad_enabled()) {
    return where(rows_with_entries(y), g - exp(y) * sum(g, {-1}, true), 0.0);
  }
  return map_rows(g, [&](Index r, const Real* from, Real* to, Index n) {
    log_softmax_gradient_row(y.data() + r * n, from, to, n);
  });
}

}  // namespace

Tensor softmax(const Tensor& x) {
  check_has_axis("softmax", x);
  const Tensor y = map_row_tiles(x, [](Index, const Real* from, Real* to, Index count, Index n) {
    softmax_rows(from, to, count, n);
  });
  return differentiable("softmax", y, wrt(x, [](const Tensor& g, const Tensor& out) {
                          return softmax_gradient(g, out);
                        }));
}

Tensor twin::softmax(const Tensor& x) {
  // Where a number takes part: everywhere but at -inf. NaN does, and shows in the result.
  const Mask visible = !(x < static_cast<double>(std::numeric_limits<Real>::lowest()));
  return twin::masked_softmax(x, visible);
}

Tensor masked_softmax(const Tensor& x, const Mask& visible) {
  check_has_axis("masked_softmax", x);
  if (!visible.defined()) throw ValueError("[masked_softmax] the mask is undefined");
  const MaskRows rows(visible, x.shape(), "masked_softmax");
  const Tensor y = map_rows(x, [&](Index r, const Real* from, Real* to, Index n) {
    hide_row(rows.row(r), from, minus_infinity, to, n);
    softmax_rows(to, to, 1, n);
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

Tensor log_softmax(const Tensor& x) {
  check_has_axis("log_softmax", x);
  const Tensor y =
      map_rows(x, [](Index, const Real* from, Real* to, Index n) { log_softmax_row(from, to, n); });
  return differentiable("log_softmax", y, wrt(x, [](const Tensor& g, const Tensor& out) {
                          return log_softmax_gradient(g, out);
                        }));
}

Tensor twin::log_softmax(const Tensor& x) {
  if (x.size() == 0) return x;
  const Mask filled = rows_with_entries(x);
  const Tensor safe = where(filled, x, 0.0);
  return where(filled, safe - logsumexp(safe, -1, true), static_cast<double>(minus_infinity));
}

}  // namespace heed::inline HEED_REAL
