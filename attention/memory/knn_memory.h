// Memorizing attention: beside its own segment each query reads the k best of a store of keys and
// values from all that went by.
// Wu, Rabe, Hutchins, Szegedy 2022, "Memorizing Transformers", arXiv 2203.08913, sections 3.1 and
// 3.2.
//
//   s_ij = g q_i . k_j / (|q_i| |k_j|)                               as in `cosine`
//   near_i = sum_j softmax_j(s_ij) v_j over the segment,   j <= i
//   far_i = sum over the k best j of the store of softmax_j(s_ij) v_j
//   y_i = b far_i + (1 - b) near_i, b = sigmoid(b_h) learned for each head,   then W_o
//
// Shapes   x (B, T, C), store (B, H, M, D) of keys and of values -> y (B, T, C); D = C / H.
// Cost     T (T + M) C multiply-adds for scores, of all M keys (the paper searches them
//          approximately), and 2 M C numbers of state, without gradients.
// Differs  keys and values are kept as they were, not the inputs: what the store holds was made by
//          older weights, and no gradient flows into it. A query finds k of any number of
//          positions, wherever they stand. Not where everything fits into one segment.
// Limit    with k >= M it is softmax attention over the store
//          (k_of_all_is_attention_over_the_store).
//
// The state is the store; its keys have length 1. `joint` takes one softmax over both instead of
// two and a gate. The map covers the store and then the segment, (B, H, T, M + T).
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct KnnMemoryOptions {
  Index width = 0;
  Index heads = 1;
  Index kv_heads = 0;  // as in ProjectionOptions
  bool causal = true;
  Index k = 8;
  Index memory = 0;    // positions kept in the store; the oldest go first
  bool joint = false;
  double scale = 10;   // g at the start
  bool bias = true;
};

// What is kept, M positions: (B, H, M, D) each. M may be 0.
struct KeyValueStore {
  Tensor keys, values;
};

class KnnMemory : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, k >= 1, memory >= 0 and scale > 0.
  KnnMemory(const KnnMemoryOptions& options, Generator& rng);
  // Takes a state when it is causal. Throws ShapeError when its store does not fit.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }
  // The same with a store from elsewhere, of which each query reads what `found`, stretched to
  // (B, H, T, M), says; undefined: its k best.
  Tensor recall(const MixerInput& input, const KeyValueStore& store, const Mask& found = {}) const;

 private:
  struct Segment {
    Tensor q, k, v;  // (B, H, T, D); q and k of length 1
  };
  Segment project(const MixerInput& input) const;
  KeyValueStore store_of(const MixerInput& input) const;
  Tensor recall(const MixerInput& input, const Segment& segment, const KeyValueStore& store,
                const Mask& found) const;
  MixerState kept(const MixerInput& input, const KeyValueStore& store,
                  const Segment& segment) const;

  KnnMemoryOptions options_;
  Pattern pattern_;
  Projections& project_;
  Tensor logit_scale_;  // log g (H, 1, 1)
  Tensor gate_;         // b_h (H, 1, 1)
};

}  // namespace heed::inline HEED_REAL::attention
