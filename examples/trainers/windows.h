// Windows of a text: what a language model trains on and is judged by.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

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

// A model that predicts: ids (B, T) -> logits of the token that follows each, (B, T, V).
using PredictNext = std::function<Tensor(const Indices& ids)>;

// The mean of -log p(token) in nats over every token of the text but the first, in windows of
// `context` that lie side by side; the first token of a window knows only the one before it. `stop`
// is asked between batches: nothing comes back when it says true.
std::optional<double> text_loss(const PredictNext& model, Index context,
                                std::span<const std::int32_t> text, bool (*stop)() = nullptr);

}  // namespace heed::inline HEED_REAL
