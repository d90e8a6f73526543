// Local attention with global tokens: the first g tokens see all and are seen by all, everybody
// else sees a window and them.
// Beltagy, Peters, Cohan 2020, "Longformer", arXiv 2004.05150, section 3.1; Zaheer et al. 2020,
// "Big Bird", arXiv 2007.14062, section 2 (internal transformer construction).
//
//   i sees j  when  |i - j| <= w  or  i < g  or  j < g                     (and j <= i with causal)
//   y_i = sum softmax_j(q_i . k_j / sqrt(D)) v_j
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H; w = window, g = globals.
// Cost     T (2w + 1) - w (w + 1) scores for the window and 2 T g for row and column of the global
//          tokens, instead of T^2, and twice that times C multiply-adds; each goes through the
//          fused kernel by itself, and 2 H T numbers are kept. A decoded token reads the keys it
//          sees.
// Differs  from full attention: two tokens that are far apart and not global meet in two layers,
//          through a global one, which has room for so much only. `global-tokens` has one set of
//          projections for all, as Big Bird; as `longformer` the global tokens ask, with queries,
//          keys and values of projections of their own (3 C^2 parameters and 3 T C^2 multiply-adds
//          more), which is not causal: the others see a global token by its ordinary key.
// Limit    as many global tokens as there are tokens is full attention
//          (all_tokens_global_is_full_attention); none is local attention. Longformer whose own
//          projections equal the others is `global-tokens`
//          (longformer_with_equal_projections_is_global_tokens).
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct GlobalTokensOptions {
  Index width = 0;
  Index heads = 1;
  Index window = 0;   // w
  Index globals = 1;  // g
  bool own = false;  // global tokens ask with projections of their own: Longformer
  bool causal = false;
  Positions positions = Positions::none;
};

// What they see. Throws ValueError unless neither is negative.
Pattern with_global_tokens(Index window, Index globals, bool is_causal);

class GlobalTokens : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and neither window nor globals is negative;
  // and on `own` where it is causal or has positions.
  GlobalTokens(const GlobalTokensOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  Mixed mix_of_two(const MixerInput& input) const;

  GlobalTokensOptions options_;
  Pattern pattern_;
  Projections& project_;
  Projections* of_globals_ = nullptr;  // null: they share those of all
};

}  // namespace heed::inline HEED_REAL::attention
