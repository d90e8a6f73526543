// Strided attention of the Sparse Transformer: each query sees the last l positions and, before
// them, every l-th.
// Child, Gray, Radford, Sutskever 2019, "Generating long sequences with sparse transformers", arXiv
// 1904.10509, section 4.2; both patterns in one softmax, as its section 5.2 merges them.
//
//   i sees j  when  |i - j| < l  or  l divides i - j                       (and j <= i with causal)
//   y_i = sum softmax_j(q_i . k_j / sqrt(D)) v_j
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H; l = stride.
// Cost     l + T / l scores a query at most, so T sqrt(T) for l near sqrt(T) instead of T^2, and
//          twice that times C multiply-adds; the window and the stride go through the fused kernel
//          by themselves, and 2 H T numbers are kept. A decoded token reads the keys it sees only.
// Differs  from full attention: whatever is not in the last l and not on the stride takes two
//          layers, through a token on the stride. For data with a period, such as the rows of a
//          picture; for text its authors take the fixed pattern.
// Limit    a stride of 1 is full attention (strided_by_one_is_full_attention).
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct StridedOptions {
  Index width = 0;
  Index heads = 1;
  Index stride = 1;  // l
  bool causal = false;
  Positions positions = Positions::none;
};

// What it sees. Throws ValueError unless the stride is at least 1.
Pattern strided(Index stride, bool is_causal);

class Strided : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and the stride is at least 1.
  Strided(const StridedOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  StridedOptions options_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
