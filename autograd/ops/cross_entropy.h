// Cross-entropy. Fused, with its composed twin in twins.h.
#pragma once

#include <cstdint>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// The mean over rows of -log softmax(logits)[label]: logits (..., C), labels (...) -> scalar. A
// label of `ignore_index` is left out of sum and count. Throws ValueError on any other label
// outside [0, C).
struct CrossEntropyOptions {
  std::int32_t ignore_index = -100;
};
Tensor cross_entropy(const Tensor& logits, const Indices& labels,
                     const CrossEntropyOptions& options = {});

}  // namespace heed::inline HEED_REAL
