// Windows of a text: what a language model trains on and is judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/gpt/model.h"

namespace heed::inline HEED_REAL {

struct TextBatch {
  Indices inputs;   // (B, T)
  Indices targets;  // (B, T): the token that follows each
};

// `batch` windows at random places of the text. A function of the generator's key and of the
// step, so that a resumed run reads what an uninterrupted one would have read. Throws ValueError
// when the text is not longer than the context.
TextBatch training_batch(std::span<const std::int32_t> text, Index batch, Index context,
                         const Generator& rng, Index step);

// The mean of -log p(token) in nats over every token of the text but the first, in windows of the
// model's context that lie side by side; the first token of a window knows only the one before
// it. `stop` is asked between batches: nothing comes back when it says true.
std::optional<double> text_loss(const Gpt& model, std::span<const std::int32_t> text,
                                bool (*stop)() = nullptr);

}  // namespace heed::inline HEED_REAL
