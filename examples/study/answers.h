// How often a model is right.
#pragma once

#include <cstdint>
#include <span>

#include "autograd/tensor.h"

namespace heed::study {

// The share of labels (...) that are the largest of their logits (..., classes).
double share_right(const Tensor& logits, const Indices& labels);

// The fewest tokens to put in, take out or change that make one text of the other. Levenshtein
// 1966, "Binary codes capable of correcting deletions, insertions and reversals".
Index edit_distance(std::span<const std::int32_t> a, std::span<const std::int32_t> b);

}  // namespace heed::study
