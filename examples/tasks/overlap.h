// Whether the test was fair: how many of its samples were also trained on.
#pragma once

#include <cstddef>
#include <span>
#include <unordered_set>

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::tasks {

// Samples are compared by a 64-bit hash of their bytes: an accidental match is not to be expected.
class Overlap {
 public:
  // Row by row of a batch, (B, ...).
  void trained(const Indices& batch);
  void trained(const Tensor& batch);
  void tested(const Indices& batch);
  void tested(const Tensor& batch);
  // Test samples that were among the trained ones.
  Index count() const { return count_; }

 private:
  std::unordered_set<std::size_t> seen_;
  Index count_ = 0;
};

}  // namespace heed::inline HEED_REAL::tasks
