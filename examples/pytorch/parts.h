// What several published models have in common, in layers that heed has.
#pragma once

#include <memory>

#include "attention/mixer.h"

namespace heed::inline HEED_REAL {

enum class Seen { everything, past };
// Multi-head attention of a sequence to itself.
std::unique_ptr<attention::Mixer> self_attention(Index width, Index heads, Seen seen,
                                                 Generator& rng);

// Patches (B, C, h, w) as tokens, row by row, behind a token of C numbers: (B, 1 + h w, C). Throws
// ShapeError that names the model unless these are as many as there are positions.
Tensor with_class_token(const char* model, const Tensor& patches, const Tensor& token,
                        Index positions);

}  // namespace heed::inline HEED_REAL
