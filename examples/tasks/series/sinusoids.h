// The generator of the forecasting task, and what it is held against, for its tests.
#pragma once

#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index series_seen = 64, series_asked = 16;
inline constexpr Index series_length = series_seen + series_asked;

// sin(2 pi t / p + a) + .5 sin(4 pi t / p + b) + .1 noise, the period p one of 8 ... 16.
struct SeriesBatch {
  Tensor values;               // (B, 80)
  std::vector<Index> periods;  // p of each
};
SeriesBatch draw_series(Index batch, Generator& rng);

// The mean squared error over the 16 places that are asked for, of what stood there one or more
// true periods before, and of ridge regression on the 64 seen, fitted to `fitted`.
double error_of_seasonal_naive(const SeriesBatch& batch);
double error_of_ridge(const SeriesBatch& batch, const SeriesBatch& fitted);

}  // namespace heed::tasks
