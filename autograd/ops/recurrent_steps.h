// What lstm_sequence and gru_sequence share: the order of the steps, how the batch is cut, and the
// one product that makes the gradient of the recurrent weight.
#pragma once

#include <algorithm>
#include <vector>

#include "autograd/kernels/pieces.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

struct Steps {
  Index count, batch, hidden;
  bool reverse;  // from the last to the first

  // Which place of the sequence the i-th step works on.
  Index at(Index i) const { return reverse ? count - 1 - i : i; }
  // The number, among all (count * batch), of row `first` of the batch in step i.
  Index row(Index i, Index first) const { return at(i) * batch + first; }
  // The state of that row before step i: `start` (batch, hidden) before the first, then what
  // `states` (count, batch, hidden) holds of the step before.
  const Real* before(Index i, Index first, const Real* start, const Real* states) const {
    return i == 0 ? start + first * hidden : states + row(i - 1, first) * hidden;
  }
};

// Throws ShapeError, naming the op, unless from_x is (T >= 1, B, gates * hidden), weight (gates *
// hidden, hidden), and each of the states, h first, (B, hidden).
Steps check_sequence(const char* op, Index gates, const Tensor& from_x, const Tensor& weight,
                     const std::vector<Tensor>& states, bool reverse);

// Rows of the batch do not meet: each tile takes some of them through all steps. A fixed number, so
// that the number of threads changes no bit, and as few as a product with them is still fast.
template <class Work>
void for_batch_tiles(const Steps& steps, Work work) {
  constexpr Index rows = 16;
  parallel_for(pieces_of(steps.batch, rows),
               [&](Index tile) { work(tile * rows, std::min(rows, steps.batch - tile * rows)); });
}

// The sum over all steps of gradient[t]^T h, with h as it was before step t: gradient (T, B, n),
// outputs (T, B, hidden), start (B, hidden) -> (n, hidden).
Tensor recurrent_weight_gradient(const Steps& steps, const Tensor& gradient, const Tensor& outputs,
                                 const Tensor& start);

// Counts what one pass over the steps multiplies, with a weight of n rows, and reads and writes.
void count_steps(const Steps& steps, Index n);

// For the twins: the parts of x along axis 0, which goes away. By halves: the gradient of T selects
// would be T tensors of the size of x to add, this way it is log T.
std::vector<Tensor> unstack(const Tensor& x);

}  // namespace heed::inline HEED_REAL
