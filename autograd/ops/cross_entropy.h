// Cross-entropy. Fused, with its composed twin in twins.h.
#pragma once

#include <cstdint>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// What a loss makes of the values it has found: their mean, their sum, or themselves.
enum class Reduction { mean, sum, none };

struct CrossEntropyOptions {
  std::int32_t ignore_index = -100;
  // What each class counts for, (C); undefined: 1. No gradient flows to it.
  Tensor weight = {};
  // The share e of every label that is spread evenly over all classes. Szegedy et al. 2015, arXiv
  // 1512.00567, section 7.
  double label_smoothing = 0;
  Reduction reduction = Reduction::mean;
  int axis = -1;  // where the classes are; in PyTorch axis 1
};
// With l = -log softmax(logits): (1 - e) w_label l_label + e / C sum_c w_c l_c, one value a row.
// logits (..., C), or with C on another axis, labels (...) -> scalar, or (...) with
// Reduction::none. A row labelled `ignore_index` gives 0; the mean divides by the sum of w_label
// over all other rows, and is 0 when there are none (PyTorch: NaN). Throws ValueError on any other
// label outside [0, C) and unless 0 <= e <= 1, ShapeError.
Tensor cross_entropy(const Tensor& logits, const Indices& labels,
                     const CrossEntropyOptions& options = {});

}  // namespace heed::inline HEED_REAL
