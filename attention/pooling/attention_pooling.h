// Attention pooling: one vector for a bag of instances, as a weighted mean whose weights are
// learned; and its gated form.
// Ilse, Tomczak, Welling 2018, "Attention-based deep multiple instance learning",
// arXiv 1802.04712, equations 8 and 9.
//
//   a_k = softmax_k(w^T tanh(V h_k)),   z = sum_k a_k h_k
//   gated   a_k = softmax_k(w^T (tanh(V h_k) * sigmoid(U h_k)))
//
// Shapes   h (B, N, C) -> z (B, C), weights (B, N); A hidden units.
// Cost     N C A + N A + N C multiply-adds: linear in the bag's size. The gate takes N C A more.
// Differs  there is one query, it is learned (w), and it is the same for every bag: a question
//          asked of the set ("context" attention). Permuting the instances changes nothing. tanh is
//          nearly a straight line for small numbers, which the gate is there to bend; no task was
//          found here on which it does better at equal cost.
// Limit    w = 0 is mean pooling (pooling_with_zero_query_is_mean). A gate that is open is none,
//          and with U = 0 it stands at a half and halves w
//          (a_gate_without_weights_halves_the_query).
//
// In the catalog: `pooling` and `gated`.
#pragma once

#include <string>

#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct Pooled {
  Tensor z;        // (B, C)
  Tensor weights;  // (B, N)
};

// What scores (B, 1, N) make of h (B, N, C): shifted (score_shift.h), softmax over the real ones,
// published as the map of `name`. `real` as below. Throws ShapeError.
Pooled pool_by_scores(const char* name, const Tensor& scores, const Tensor& h, const Mask& real);

struct AttentionPoolingOptions {
  Index width = 0;
  Index hidden = 0;  // A; 0: the width
  bool gated = false;
};

class AttentionPooling : public Mixer {
 public:
  // `name` speaks in errors and maps.
  AttentionPooling(const AttentionPoolingOptions& options, Generator& rng,
                   std::string name = "pooling");

  // `real` (B, N) says which instances are there; undefined: all. Throws ShapeError.
  Pooled pool(const Tensor& h, const Mask& real = {}) const;
  // The same as a mixer: y (B, 1, C).
  Mixed mix(const MixerInput& input) const override;

 private:
  Tensor scores(const Tensor& h) const;

  std::string name_;
  AttentionPoolingOptions options_;
  nn::Linear& hidden_;          // V
  Tensor query_;                // w (A)
  nn::Linear* gate_ = nullptr;  // U; null: not gated
};

}  // namespace heed::inline HEED_REAL::attention
