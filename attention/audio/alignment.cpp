#include "attention/audio/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// Over each run of `smooth` entries of the last axis; the ends are mirrored. x (H, T, S).
Tensor median_filtered(const Tensor& x, Index smooth) {
  const Index length = x.dim(-1), reach = smooth / 2;
  if (reach == 0 || length <= reach) return x;
  std::vector<Real> filtered, run;
  for (Index row = 0; row < x.size() / length; ++row) {
    for (Index i = 0; i < length; ++i) {
      run.clear();
      for (Index j = i - reach; j <= i + reach; ++j) {
        const Index inside = j < 0 ? -j : j < length ? j : 2 * (length - 1) - j;
        run.push_back(x.data()[row * length + inside]);
      }
      std::ranges::nth_element(run, run.begin() + reach);
      filtered.push_back(run[static_cast<std::size_t>(reach)]);
    }
  }
  return {x.shape(), filtered};
}

}  // namespace

Warping dynamic_time_warping(const Tensor& cost) {
  if (cost.rank() != 2 || cost.size() == 0) {
    throw ShapeError(fmt::format("[dynamic_time_warping] cost must be a matrix with an entry: got "
                                 "{}",
                                 cost.shape().str()));
  }
  if (!all(isfinite(cost))) {
    throw ValueError("[dynamic_time_warping] a cost is not finite: no way is the cheapest");
  }
  const Index rows = cost.dim(0), columns = cost.dim(1);
  constexpr double nowhere = std::numeric_limits<double>::infinity();
  // least[i, j]: of the ways that end before row i and column j.
  std::vector<double> least(static_cast<std::size_t>((rows + 1) * (columns + 1)), nowhere);
  const auto at = [&](Index i, Index j) -> double& {
    return least[static_cast<std::size_t>(i * (columns + 1) + j)];
  };
  at(0, 0) = 0;
  for (Index i = 1; i <= rows; ++i) {
    for (Index j = 1; j <= columns; ++j) {
      at(i, j) = static_cast<double>(cost.data()[(i - 1) * columns + j - 1]) +
                 std::min({at(i - 1, j - 1), at(i - 1, j), at(i, j - 1)});
    }
  }
  Warping way{.cost = at(rows, columns)};
  for (Index i = rows, j = columns; i > 0 && j > 0;) {
    way.rows.push_back(i - 1);
    way.columns.push_back(j - 1);
    const double both = at(i - 1, j - 1), down = at(i - 1, j), right = at(i, j - 1);
    if (both <= down && both <= right) {
      --i, --j;
    } else if (down <= right) {
      --i;
    } else {
      --j;
    }
  }
  std::ranges::reverse(way.rows);
  std::ranges::reverse(way.columns);
  return way;
}

std::vector<Index> row_starts(const Warping& way) {
  std::vector<Index> starts;
  for (std::size_t i = 0; i < way.rows.size(); ++i) {
    if (i == 0 || way.rows[i] != way.rows[i - 1]) starts.push_back(way.columns[i]);
  }
  return starts;
}

std::vector<Index> token_starts(const Tensor& weights, Index smooth) {
  nn::check_shape("token_starts", "weights", weights, "(H, T, S)", {-1, -1, -1});
  if (smooth < 1 || smooth % 2 == 0) {
    throw ValueError(
        fmt::format("[token_starts] smooth must be odd and at least 1, got {}", smooth));
  }
  const NoGrad no_grad;
  const Tensor off = weights - mean(weights, {1}, true);
  const Tensor deviation = sqrt(mean(square(off), {1}, true));  // (H, 1, S)
  const Tensor standard = off / where(deviation <= 0, 1.0, deviation);
  return row_starts(dynamic_time_warping(-mean(median_filtered(standard, smooth), {0})));
}

}  // namespace heed::inline HEED_REAL::attention
