// How often a model is right.
#pragma once

#include "autograd/tensor.h"

namespace heed::study {

// The share of labels (...) that are the largest of their logits (..., classes).
double share_right(const Tensor& logits, const Indices& labels);

}  // namespace heed::study
