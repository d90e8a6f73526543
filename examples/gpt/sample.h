// Writes text with a trained model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/random.h"
#include "examples/gpt/model.h"

namespace heed::inline HEED_REAL {

// The prompt and `count` tokens more, each drawn from softmax(logits / temperature); temperature
// 0 takes the likeliest. While the text fits the context every token is read once; then the
// window slides, and since each token's position changes with it, it is read anew. Throws
// ValueError on an empty prompt and on a negative count or temperature.
std::vector<std::int32_t> sample_tokens(const Gpt& model, std::vector<std::int32_t> prompt,
                                        Index count, double temperature, Generator& rng);

// One draw from softmax(logits / temperature), logits (V).
std::int32_t draw_token(std::span<const Real> logits, double temperature, Generator& rng);

}  // namespace heed::inline HEED_REAL
