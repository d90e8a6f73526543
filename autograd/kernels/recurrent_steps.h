// The steps of a recurrent network along a sequence: their order, and how the batch is cut.
#pragma once

#include <algorithm>

#include "autograd/kernels/pieces.h"

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

// Rows of the batch do not meet: each tile takes some of them through all steps. A fixed number, so
// that the number of threads changes no bit, and as few as a product with them is still fast.
template <class Work>
void for_batch_tiles(const Steps& steps, Work work) {
  constexpr Index rows = 16;
  parallel_for(pieces_of(steps.batch, rows),
               [&](Index tile) { work(tile * rows, std::min(rows, steps.batch - tile * rows)); });
}

// Counts what one pass over the steps multiplies, with a weight of n rows, and reads and writes.
void count_steps(const Steps& steps, Index n);

}  // namespace heed::inline HEED_REAL
