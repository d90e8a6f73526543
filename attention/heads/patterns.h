// What a head does, as a pattern of zeros and ones that its map is held against: the head that
// looks at the token before, at an earlier copy of the token, at what followed an earlier copy
// (induction, the two-step copying of Olsson et al.).
//
//   const Mask before = offset_pattern(tokens.dim(1), -1);           // previous token
//   pattern_score(maps[0].weights, before);                          // (H): 1 for such a head
//   pattern_score(maps[1].weights, induction_pattern(tokens));
//
//   mul   sum(A * P) / sum(A)         abs   1 - sum |A - P| / rows
//
// Shapes   A a map (B, H, T, S); P stretches to it; the score (H).
// Cost     B H T S.
// Differs  from the two measures of TransformerLens (head_detector.py) in that rows without a key
//          in the pattern do not count: the first token has none before it, and a token that comes
//          up for the first time no copy. There the previous-token head of a text of T tokens gets
//          at most (T - 1) / T, here 1. A head may do a thing in one context only: score the
//          queries where it should, pattern & rows.
//          abs counts what is missing and what lies elsewhere (a row on one wrong key gets 1 - 2),
//          and with several keys in a row of the pattern wants all of them at 1: read mul.
// Limit    a head that looks at the token before and nowhere else has 1 under both, one that is
//          uniform over what a causal mask shows (H_T - 1) / (T - 1) under mul, H_T = 1 + ... + 1/T
//          (a_previous_token_head_scores_one, a_uniform_head_scores_its_analytic_value).
// Source   Olsson et al. 2022, "In-context learning and induction heads", arXiv 2209.11895; Voita
//          et al. 2019, arXiv 1905.09418, section 5.1 (positional heads); the measures:
//          TransformerLens.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// Query i looks at key i + offset: -1 the token before, 1 the one behind. (length, length).
Mask offset_pattern(Index length, Index offset);
// At every earlier copy of itself. Tokens (B, T) -> (B, 1, T, T). Throws ShapeError.
Mask duplicate_pattern(const Indices& tokens);
// At every token that followed an earlier copy of itself. Tokens (B, T) -> (B, 1, T, T). Throws
// ShapeError.
Mask induction_pattern(const Indices& tokens);

// How a map is held against a pattern: the share of its weight that lies on it, or 1 less the mean
// distance of their rows.
enum class Measure { mul, abs };

// (H): over the rows of all samples that have a key in the pattern; NaN where none has. Throws
// ShapeError unless the map is (B, H, T, S) and the pattern stretches to it.
Tensor pattern_score(const Tensor& weights, const Mask& pattern, Measure measure = Measure::mul);

}  // namespace heed::inline HEED_REAL::attention
