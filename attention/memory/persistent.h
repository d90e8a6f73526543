// Persistent memory: beside the tokens every query sees a few keys and values that are learned and
// belong to no input.
// Sukhbaatar, Grave, Lample, Jegou, Joulin 2019, "Augmenting self-attention with persistent
// memory", arXiv 1907.01470, section 4.
//
//   y_i = sum over [tokens j; vectors n] of softmax(q_i . [k_j; p^k_n] / sqrt(D)) [v_j; p^v_n]
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); vectors (H, N, D) for keys and as many
//          for values, D = C / H.
// Cost     that of attention over S + N keys, in its readable form.
// Differs  from a sink (`softmax` that may weigh nothing) by values of its own: the vectors hold
//          what holds for every input, and are meant to replace the feed-forward layer. Weights
//          over tokens sum to less than 1. They add nothing where only the input says what is
//          asked, as in recall.
// Limit    without vectors it is multi-head attention (no_vectors_is_multi_head).
//
// The map shows the weights of the tokens, (B, H, T, S); what is left went to the vectors.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct PersistentOptions {
  Index width = 0;
  Index heads = 1;
  Index vectors = 16;  // N
  bool causal = false;
};

class Persistent : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and vectors >= 0.
  Persistent(const PersistentOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return causal_; }

 private:
  bool causal_;
  Pattern pattern_;
  Projections& project_;
  Tensor keys_, values_;  // (H, N, D); undefined: none
};

}  // namespace heed::inline HEED_REAL::attention
