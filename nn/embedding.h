// A vector for every token.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

struct EmbeddingOptions {
  Index padding_id = -1;  // this row starts at 0 and gets no gradient; -1: no such row
  double deviation = 1;   // of the normal distribution it starts from
};

// Parameters: weight (vocabulary, width).
class Embedding : public Module {
 public:
  using Options = EmbeddingOptions;

  // Throws ValueError unless vocabulary >= 1, width >= 1 and padding_id < vocabulary.
  Embedding(Index vocabulary, Index width, Generator& rng, const EmbeddingOptions& options = {});

  // ids (...) -> (..., width). Throws ValueError on an id outside [0, vocabulary).
  Tensor operator()(const Indices& ids) const;

  const Tensor& weight() const { return weight_; }

 private:
  Index padding_id_;
  Tensor weight_;
};

}  // namespace heed::inline HEED_REAL::nn
