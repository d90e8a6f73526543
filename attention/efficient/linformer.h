// Linformer: keys and values of all places are summed up into a few slots, with sums that are
// learned, and queries look at the slots.
// Wang, Li, Khabsa, Fang, Ma 2020, "Linformer: self-attention with linear complexity", arXiv
// 2006.04768, equation 7; E and F are the same for all heads, as in its "headwise sharing".
//
//   head_h = softmax(Q_h (E K_h)^T / sqrt(D)) F V_h,   y = concat(head_1 ... head_H) W_o
//
// Shapes   x (B, T, C) -> y (B, T, C) with T <= L; H heads of size D = C / H; E and F (R, L), of
//          which a shorter sequence takes the first T columns.
// Cost     4 R T C multiply-adds beside the projections, instead of 2 T^2 C: linear in T. 2 R L
//          parameters.
// Differs  what a slot sums up is a matter of places: a token is found by where it stands, or by
//          what R sums can tell of T tokens, and several at one place of a sum blur. Not for
//          looking up one of many by its content, not beyond L, and not causal: a slot holds what
//          comes later. A mask can hide keys from everybody, as padding does: E's and F's columns
//          count as 0 there. One that hides a key from some queries is refused.
// Limit    with R = T and E = F = I it is multi-head attention
//          (linformer_with_a_slot_a_place_is_multi_head).
//
// The map that it publishes is the implied matrix, softmax(Q_h (E K_h)^T / sqrt(D)) F.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct LinformerOptions {
  Index width = 0;      // C
  Index heads = 1;      // H
  Index length = 0;     // L
  Index rank = 0;       // R, slots
  bool shared = false;  // F is E: half the parameters
};

class Linformer : public Mixer {
 public:
  // E and F start from N(0, 1 / R), with which sums keep angles (the paper's theorem). Throws
  // ValueError unless length and rank are at least 1 and the heads divide the width.
  Linformer(const LinformerOptions& options, Generator& rng);

  Mixed mix(const MixerInput& input) const override;

 private:
  LinformerOptions options_;
  Projections& project_;
  Tensor key_sums_, value_sums_;  // E, F
};

}  // namespace heed::inline HEED_REAL::attention
