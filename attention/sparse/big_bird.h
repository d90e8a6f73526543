// Big Bird: attention in blocks. Each block of queries sees its neighbours, the first and the last
// block, and some blocks drawn at random; the first and the last one see all.
// Zaheer et al. 2020, "Big Bird: transformers for longer sequences", arXiv 2007.14062, section 2
// and appendix D (internal transformer construction).
//
//   i sees j  when  |b(i) - b(j)| <= 1  or  b(i) or b(j) is the first or the last block
//                   or  b(j) is one of the r blocks drawn for b(i),          b(i) = floor(i / l)
//   y_i = sum softmax_j(q_i . k_j / sqrt(D)) v_j
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H; blocks of l tokens, the last one
//          may be incomplete.
// Cost     (5 + r) l scores a query and T for those in the first and last block, T l (7 + r)
//          instead of T^2, and twice that times C multiply-adds. The keys and values that a block
//          sees are copied side by side, 2 (5 + r) T C numbers, and its queries go through the
//          fused kernel against them.
// Differs  from full attention: two tokens that are far apart and in no global block meet in two
//          layers, through a global or a drawn block, which have room for so much only. Who is
//          drawn, and where the last block lies, depends on the length, so padding changes both:
//          pad to one length. Not causal. Not for short sequences: up to 5 + r blocks see all.
// Limit    one block of everything is full attention (one_block_is_full_attention); so are as many
//          drawn blocks as there are.
//
// Each head draws blocks of its own, from `seed` and the number of blocks alone: the same in every
// run and after loading.
#pragma once

#include "attention/projections.h"
#include "attention/sparse/seen_blocks.h"

namespace heed::inline HEED_REAL::attention {

struct BigBirdOptions {
  Index width = 0;
  Index heads = 1;
  Index block = 1;      // l
  Index random = 1;     // r
  bool globals = true;  // the first and the last block see all and are seen by all
  std::uint64_t seed = 1;
  Positions positions = Positions::none;
};

// The blocks that each block of each head sees. Throws ValueError unless a block holds a token and
// `random` is not negative.
SeenBlocks big_bird_blocks(const BigBirdOptions& options, Index tokens);

class BigBird : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, a block holds a token and `random` is not
  // negative.
  BigBird(const BigBirdOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;

 private:
  BigBirdOptions options_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
