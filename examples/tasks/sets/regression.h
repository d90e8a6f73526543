// The generator of the regression task, and what it is held against, for its tests.
#pragma once

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index regression_points = 40;

// 2 sin x + x, on [0, 5).
double true_curve(double x);

// 40 points of the curve with noise of 0.5, and places where the curve itself is asked for.
struct CurveBatch {
  Tensor x, y;  // (B, 40)
  Tensor at;    // (B, 40)
};
CurveBatch draw_curves(Index batch, Generator& rng);

// The mean squared distance from the curve, over the batch, of a Gaussian smoother of that
// bandwidth and of the straight line of least squares.
double error_of_smoother(const CurveBatch& batch, double bandwidth);
double error_of_line(const CurveBatch& batch);

}  // namespace heed::tasks
