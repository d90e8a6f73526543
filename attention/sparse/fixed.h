// Fixed attention of the Sparse Transformer: each query sees its own block, and of the other blocks
// the last positions, which gather what the rest of their block has to say.
// Child, Gray, Radford, Sutskever 2019, "Generating long sequences with sparse transformers", arXiv
// 1904.10509, section 4.2; both patterns in one softmax, as its section 5.2 merges them.
//
//   i sees j  when  floor(i / l) = floor(j / l)  or  j mod l >= l - c      (and j <= i with causal)
//   y_i = sum softmax_j(q_i . k_j / sqrt(D)) v_j
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H; blocks of l, c of them summaries.
// Cost     l + c T / l scores a query at most, so T sqrt(T) for l near sqrt(T) instead of T^2, and
//          twice that times C multiply-adds; block and summaries go through the fused kernel by
//          themselves, over a copy of the summaries for each place, c T C numbers. A decoded token
//          reads the keys it sees only.
// Differs  from full attention: a token of another block that is no summary takes two layers. Where
//          blocks start is fixed, so a shift of the sequence changes the result.
// Limit    a block of 1 is full attention (fixed_blocks_of_one_are_full_attention), and so is one
//          that covers the sequence.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct FixedOptions {
  Index width = 0;
  Index heads = 1;
  Index block = 1;      // l
  Index summaries = 1;  // c
  bool causal = false;
  Positions positions = Positions::none;
};

// What it sees. Throws ValueError unless 1 <= summaries <= block.
Pattern fixed_blocks(Index block, Index summaries, bool is_causal);

class Fixed : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, 1 <= summaries <= block and there are no
  // more than 20 summaries, which is as many as one softmax merges.
  Fixed(const FixedOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  FixedOptions options_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
