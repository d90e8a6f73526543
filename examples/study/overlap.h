// Whether the test was fair: how many of its samples were also trained on.
#pragma once

#include <cstddef>
#include <unordered_set>

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::study {

// The rows of a batch (B, ...) as bytes; the batch has to live on.
struct Samples {
  Samples(const Indices& batch);  // NOLINT(google-explicit-constructor): a batch is its samples
  Samples(const Tensor& batch);   // NOLINT(google-explicit-constructor)

  const char* data;
  std::size_t bytes_each, count;
};

// Samples are compared by a 64-bit hash of their bytes: an accidental match is not to be expected.
class Overlap {
 public:
  void trained(const Samples& samples);
  void tested(const Samples& samples);
  // Test samples that were among the trained ones.
  Index count() const { return count_; }

 private:
  std::unordered_set<std::size_t> seen_;
  Index count_ = 0;
};

}  // namespace heed::study
