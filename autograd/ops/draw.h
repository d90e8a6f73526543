// Places drawn at random, each with a probability of its own. No gradient flows.
#pragma once

#include "autograd/random.h"

namespace heed::inline HEED_REAL {

// One place of every row, place i with probability softmax(logits)_i: logits (..., n) -> (...).
// One number of the generator a row. Throws ShapeError, and ValueError on a row with a NaN, +inf or
// nothing but -inf.
Indices categorical(const Tensor& logits, Generator& rng);
struct MultinomialOptions {
  bool replacement = false;  // may a place be drawn twice?
};
// `count` places of every row, with probabilities in proportion to the weights, which need not add
// up to 1: weights (..., n) -> (..., count), as torch.multinomial. Throws ShapeError, ValueError
// unless all weights are finite and >= 0 and there are enough above 0.
Indices multinomial(const Tensor& weights, Index count, Generator& rng,
                    const MultinomialOptions& options = {});

}  // namespace heed::inline HEED_REAL
