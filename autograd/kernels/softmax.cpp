#include "autograd/kernels/softmax.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {
namespace {

// row(r) for every row, spread over the threads.
template <class Row>
void for_rows(Index rows, Index n, Row row) {
  for_row_tiles(rows, n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) row(r);
  });
}

// y may be x. Two rows side by side, because much of the work on one must wait for its maximum and
// its sum.
void softmax_tile(Index rows, Index n, const Real* x, Real* y) {
  constexpr Index most = 2;
  std::array<Real, most> top, sum;
  for (Index first = 0; first < rows; first += most) {
    const auto count = static_cast<std::size_t>(std::min(most, rows - first));
    const auto row = [&](std::size_t i) { return (first + static_cast<Index>(i)) * n; };
    for (std::size_t i = 0; i < count; ++i) top[i] = max_of_row(x + row(i), n);
    for (std::size_t i = 0; i < count; ++i) {
      sum[i] = top[i] == minus_infinity ? 0 : exp_row(x + row(i), top[i], y + row(i), n);
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (top[i] == minus_infinity) {
        std::fill_n(y + row(i), n, Real{0});
      } else {
        scale_row(1 / sum[i], y + row(i), n);
      }
    }
  }
}

void log_softmax_row(const Real* x, Real* y, Index n) {
  const Real top = max_of_row(x, n);
  if (top == minus_infinity) {
    std::fill_n(y, n, minus_infinity);
    return;
  }
  // The largest goes first: added to it, the logarithm would lose its digits beside a large one.
  const Lane largest(top), log_sum(std::log(exp_row(x, top, y, n)));
  for_lanes(n, [&](Index i, Index count) {
    store_lane(load_lane(x + i, count) - largest - log_sum, y + i, count);
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

}  // namespace

void softmax_rows(Index rows, Index n, const Real* x, Real* y) {
  for_row_tiles(rows, n, [&](Index, Index first, Index last) {
    softmax_tile(last - first, n, x + first * n, y + first * n);
  });
}

void softmax_gradient_rows(Index rows, Index n, const Real* y, const Real* g, Real* dx) {
  for_rows(rows, n, [&](Index r) { softmax_gradient_row(y + r * n, g + r * n, dx + r * n, n); });
}

void masked_softmax_rows(const MaskRows& visible, Index rows, Index n, const Real* x, Real* y) {
  for_rows(rows, n, [&](Index r) {
    Real* const to = y + r * n;
    hide_row(visible.row(r), x + r * n, minus_infinity, to, n);
    softmax_tile(1, n, to, to);
  });
}

void masked_softmax_gradient_rows(const MaskRows& visible, Index rows, Index n, const Real* y,
                                  const Real* g, Real* dx) {
  for_rows(rows, n, [&](Index r) {
    Real* const to = dx + r * n;
    hide_row(visible.row(r), g + r * n, 0, to, n);
    softmax_gradient_row(y + r * n, to, to, n);
    hide_row(visible.row(r), to, 0, to, n);
  });
}

void log_softmax_rows(Index rows, Index n, const Real* x, Real* y) {
  for_rows(rows, n, [&](Index r) { log_softmax_row(x + r * n, y + r * n, n); });
}

void log_softmax_gradient_rows(Index rows, Index n, const Real* y, const Real* g, Real* dx) {
  for_rows(rows, n,
           [&](Index r) { log_softmax_gradient_row(y + r * n, g + r * n, dx + r * n, n); });
}

void find_entries(Index rows, Index n, const Real* x, std::uint8_t* found) {
  for (Index r = 0; r < rows; ++r) found[r] = max_of_row(x + r * n, n) != minus_infinity;
}

}  // namespace heed::inline HEED_REAL
