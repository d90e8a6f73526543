// Losses of rows of logits, and their derivatives in the same pass.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// The loss of row i is target_i l_label + sum_c spread_c l_c with l = -log softmax.
struct CountedRows {
  std::vector<std::int32_t> rows;    // those that count, in order
  std::vector<std::int32_t> labels;  // theirs
  std::vector<Real> targets;         // (1 - e) w_label, theirs
  const Real* spread = nullptr;      // e / C w_c, one a class; null without smoothing
  double spread_sum = 0;
  double divisor = 1;  // of a mean: the sum of w_label
};

// losses: of each counted row of x (rows, n), side by side. dx (rows, n): in the same rows, the
// derivative of the losses' sum over the divisor.
void cross_entropy_rows(const CountedRows& plan, const Real* x, Index n, Real* losses, Real* dx);

}  // namespace heed::inline HEED_REAL
