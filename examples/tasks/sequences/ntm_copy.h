// The generator of the copy task of the Neural Turing machine.
#pragma once

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index copy_bits = 4;      // numbers of 0 or 1 a step
inline constexpr Index copy_longest = 6;   // of the sequences trained on
inline constexpr Index copy_beyond = 10;   // of those that are longer

struct CopyBatch {
  Tensor inputs;   // (B, 2 L + 2, 6): a sign in the fifth place, the bits of 1 to L steps, a sign
                   // in the sixth place, then nothing
  Tensor targets;  // (B, 2 L + 2, 4): the bits once more, one step after another, after that sign
  Tensor asked;    // (B, 2 L + 2, 1): 1 where a target is asked for
};
// Sequences of `shortest` to `longest` steps each.
CopyBatch draw_copies(Index batch, Index shortest, Index longest, Generator& rng);

}  // namespace heed::tasks
