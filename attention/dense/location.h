// Location-wise attention: a query decides by position alone where to look, whatever lies there.
// Luong, Pham, Manning 2015, "Effective approaches to attention-based neural machine translation",
// arXiv 1508.04025, section 3.1 ("location").
//
//   a_i = softmax_j(w_j . q_i),   c_i = sum_j a_ij m_j,   w_j the row of W for place j
//
// Shapes   q (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck); W (L, Cq), S <= L.
// Cost     T S Cq multiply-adds for the scores and T S Ck for the values; keeps B T S weights.
// Differs  no key is looked at: what lies at a place changes what is read and never where. Not for
//          finding something by its content, and not for sequences longer than L. Item-wise
//          attention, which is everything else, follows its items when they are permuted; this
//          stays at its places.
// Limit    with queries that are one-hot it is a table of weights, a row a query
//          (location_of_one_hot_queries_is_a_table).
//
// The values are the memory itself, as in additive and bilinear attention.
#pragma once

#include "attention/core.h"

namespace heed::inline HEED_REAL::attention {

struct LocationOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index places = 0;  // L
  bool causal = false;
};

class Location : public Mixer {
 public:
  // Throws ValueError unless there is a place.
  Location(const LocationOptions& options, Generator& rng);

  // q (B, T, Cq) -> (B, 1, T, keys). Throws ShapeError when there are more keys than places.
  Tensor scores(const Tensor& q, Index keys) const;
  // q (B, T, Cq), memory (B, S, Ck) -> y (B, T, Ck), weights (B, 1, T, S). `visible` broadcasts
  // against the weights. Throws ShapeError when the memory is longer than there are places.
  Attended attend(const Tensor& q, const Tensor& memory, const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  LocationOptions options_;
  Tensor places_;  // W
};

}  // namespace heed::inline HEED_REAL::attention
