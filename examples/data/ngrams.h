// What counting alone achieves on a text: the baselines that a language model has to beat.
#pragma once

#include <cstdint>
#include <span>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

// The cross-entropy, in nats a token, of an n-gram model on a validation text:
//
//   p(token | the n - 1 before it) = (count(context, token) + 0.1) / (count(context) + 0.1 V)
//
// Counts are of the training text, V is the size of the vocabulary. The first n - 1 tokens of the
// validation text serve as context only. Smoothing by 0.1 (Lidstone) instead of 1 because a trigram
// over 65 characters has mostly empty cells. `n` is 1, 2 or 3. Throws ValueError on another n, on a
// text of fewer than n tokens, on an id outside [0, V) and on V^n > 2^26.
double ngram_entropy(int n, std::span<const std::int32_t> train,
                     std::span<const std::int32_t> validation, Index vocabulary);

}  // namespace heed::inline HEED_REAL::data
