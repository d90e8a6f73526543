// Where a token stands, as a vector added to it: a learned table, or sines and cosines.
#pragma once

#include <vector>

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

// y_t = x_t + weight_t. Gehring et al. 2017, arXiv 1705.03122, section 3.1.
// Parameters: weight (most, width) from N(0, deviation^2).
class LearnedPositions : public Module {
 public:
  // Throws ValueError unless most >= 1 and width >= 1.
  LearnedPositions(Index most, Index width, Generator& rng, double deviation = 0.02);

  // x (B, T, width), whose first token stands at `start` -> the same shape. Throws ShapeError, also
  // when start + T > most.
  Tensor operator()(const Tensor& x, Index start = 0) const;

 private:
  Tensor weight_;
};

// y_t = x_t + sinusoids_t. Vaswani et al. 2017, arXiv 1706.03762, section 3.5. No parameters.
class SinusoidalPositions : public Module {
 public:
  // Throws ValueError unless most >= 1 and width is even and >= 2.
  SinusoidalPositions(Index most, Index width);

  // x (B, T, width), whose first token stands at `start` -> the same shape. Throws ShapeError, also
  // when start + T > most.
  Tensor operator()(const Tensor& x, Index start = 0) const;

 private:
  Tensor table_;  // (most, width)
};

// Row t: sin(t w_0), cos(t w_0), sin(t w_1), ... with w_i = 10000^(-2i / width). Shape (length,
// width).
Tensor sinusoids(Index length, Index width);
// The same at any places t, also before 0: row i is that of places[i]. (places, width).
Tensor sinusoids_at(const std::vector<Index>& places, Index width);

}  // namespace heed::inline HEED_REAL::nn
