// Content and location in one score: a query says what it looks for, or where it lies, or both.
// The sum of the scores of Bahdanau, Cho, Bengio 2014, arXiv 1409.0473 (content), and Luong, Pham,
// Manning 2015, arXiv 1508.04025 (location).
//
//   e_ij = v^T tanh(W_q q_i + W_k k_j) + w_j . q_i,   a_i = softmax_j(e_ij),   c_i = sum_j a_ij k_j
//
// Shapes   q (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck); A hidden units, w (L, Cq), S <= L.
// Cost     that of additive attention and T S Cq multiply-adds for the places.
// Differs  each half alone is blind to the other's questions: content finds a key wherever it lies
//          and knows no places, location finds a place and does not know what lies there. Not where
//          items say themselves where they stand (positions in the embeddings): then content is
//          enough. A place is counted from the start; for one counted from where the last query
//          looked take location_aware.h.
// Limit    without the places it is additive attention, without the content location attention
//          (content_location_without_either_half_is_the_other).
#pragma once

#include "attention/dense/additive.h"
#include "attention/dense/location.h"

namespace heed::inline HEED_REAL::attention {

struct ContentLocationOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index hidden = 0;  // A; 0: the memory's width
  Index places = 0;  // L
  bool causal = false;
};

class ContentLocation : public Mixer {
 public:
  // Throws ValueError unless there is a place.
  ContentLocation(const ContentLocationOptions& options, Generator& rng);

  // q (B, T, Cq), memory (B, S, Ck) -> y (B, T, Ck), weights (B, 1, T, S). `visible` broadcasts
  // against the weights. Throws ShapeError when the memory is longer than there are places.
  Attended attend(const Tensor& q, const Tensor& memory, const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  ContentLocationOptions options_;
  Additive& content_;
  Location& location_;
};

}  // namespace heed::inline HEED_REAL::attention
