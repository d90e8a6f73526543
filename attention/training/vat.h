// Virtual adversarial training of attention: what the model says must not change when its scores
// are moved where that changes it most. No label is asked, so that unlabelled samples teach as
// well. Miyato, Dai, Goodfellow 2016, "Adversarial training methods for semi-supervised text
// classification", arXiv 1605.07725, equations 3 to 5; the iteration: Miyato, Maeda, Koyama, Ishii
// 2017, "Virtual adversarial training", arXiv 1704.03976, algorithm 1; on scores: Kitada, Iyatomi
// 2021, arXiv 2104.08763.
//
//   D(r) = KL(p(a) || p(a + r)),   d <- unit(dD / dr at xi d), some times from a random d
//   loss = L(a) + lambda D(eps d)
//
// Shapes   a, r and d (B, H, T, S) for each attention, unit over the scores of a sample.
// Cost     beside the plain step a pass without gradient, one forward and backward for each turn of
//          d, and one to learn from.
// Differs  `adversarial` moves against the label, this against what the model says itself: D and
//          its slope are 0 at r = 0, so that the direction is the steepest bend, found by
//          iterating. p(a) is held fixed. Does not help where a model is surely wrong.
// Limit    with no room the penalty is 0 (vat_without_room_is_nothing).
#pragma once

#include <functional>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

struct VatOptions {
  double eps = 5;
  double xi = 0.1;  // how far the slope is taken from a: small, but not so that rounding counts
  Index turns = 1;  // of the iteration
};
// The mean of D(eps d) over the rows of `logits` (..., classes). `logits` runs the model, in the
// same way each time. Throws ValueError on a negative eps, a xi that is not positive, and unless
// there is a turn.
Tensor vat_penalty(const std::function<Tensor()>& logits, const VatOptions& options,
                   Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
