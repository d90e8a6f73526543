// Linear chains: a state at every token, and scores of states and of neighbours (a linear-chain
// conditional random field). Sums over all C^N sequences of states by dynamic programming.
// Lafferty, McCallum, Pereira 2001, "Conditional random fields", ICML; Rabiner 1989, "A tutorial on
// hidden Markov models", Proceedings of the IEEE 77: forward-backward and Viterbi.
//
//   score(z) = sum_t unary[t, z_t] + sum_t pairs[t, z_{t+1}, z_t],   p(z) = e^score(z) / Z
//
// Shapes   unary (B, N, C); pairs (C, C) for all steps, or (B, N - 1, C, C), the state that comes
//          next in front.
// Cost     N C^2 sums of exponentials a direction, one token after the other, in logarithms: no
//          product of probabilities can underflow.
//
// All but the most likely sequence is differentiable to any order.
#pragma once

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

struct Chain {
  Tensor unary;  // (B, N, C)
  Tensor pairs;  // (C, C), or (B, N - 1, C, C) for scores that differ from step to step
  // (B, N): who is there. The neighbours of an absent token are neighbours. Undefined: all. With
  // scores of each step the absent ones must lie at the ends.
  Mask real = {};
};

// Each of these throws ShapeError when the shapes do not fit, ValueError when there is no token or
// when an absent token lies inside a chain whose steps have scores of their own.

// log Z, (B); 0 without a real token. Its gradient by a score is a marginal.
Tensor log_partition(const Chain& chain);
// p(z_t = c), (B, N, C), by forward-backward; 0 at an absent token.
Tensor state_marginals(const Chain& chain);
// p(z_{t+1} = c, z_t = d), (B, N - 1, C, C), of neighbours that are both there, and otherwise 0.
Tensor step_marginals(const Chain& chain);

struct MostLikely {
  Indices states;  // (B, N); -1 at an absent token
  Tensor score;    // (B): of these states
};
// The sequence with the highest score (Viterbi), with the lower state where two are equal.
MostLikely most_likely(const Chain& chain);

}  // namespace heed::inline HEED_REAL::attention
