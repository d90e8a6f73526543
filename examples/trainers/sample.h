// Writes with a trained model, token by token.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Asked with all tokens so far, one more each time; the last row of what it answers, (..., V), is
// the logits of the next.
using ReadOn = std::function<Tensor(std::span<const std::int32_t> tokens)>;

// The prompt and `count` tokens more, each drawn from softmax(logits / temperature); temperature
// 0 takes the likeliest. Throws ValueError on an empty prompt that something has to follow, and
// unless count and temperature are at least 0.
std::vector<std::int32_t> sample_tokens(const ReadOn& model, std::vector<std::int32_t> prompt,
                                        Index count, double temperature, Generator& rng);

// One draw from softmax(logits / temperature), logits (V).
std::int32_t draw_token(std::span<const Real> logits, double temperature, Generator& rng);

}  // namespace heed::inline HEED_REAL
