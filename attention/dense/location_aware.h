// Location-aware attention: content, and where the query before looked.
// Chorowski, Bahdanau, Serdyuk, Cho, Bengio 2015, "Attention-based models for speech recognition",
// arXiv 1506.07503, section 2.1, equations 8 and 9 ("hybrid").
//
//   f_i = F * a_{i-1}                                           (a convolution along the memory)
//   e_ij = v^T tanh(W q_i + V k_j + U f_ij),   a_i = softmax_j(e_ij),   c_i = sum_j a_ij k_j
//
// Shapes   q (B, T, Cq), memory (B, S, Ck) -> c (B, T, Ck); A hidden units, F features of 2R + 1
//          taps, f (B, S, F). Before the first query a is 0.
// Cost     that of additive attention, and T S F (2R + 1 + A) multiply-adds for the features. The
//          queries go one after the other: in training, too, T steps that cannot run side by side.
// Differs  a score can say "beside where I looked last, going on to the right", which content alone
//          cannot where the same thing lies in several places, as in speech. It counts from the
//          last look, at most R places; it does not know where in the memory it is
//          (content_location.h does). A query after one that looked wrongly starts from there.
// Limit    without features it is additive attention
//          (location_aware_without_features_is_additive).
//
// A decoder calls attend() once a step with the weights that came out of the step before.
#pragma once

#include "attention/dense/additive.h"
#include "nn/conv.h"

namespace heed::inline HEED_REAL::attention {

struct LocationAwareOptions {
  Index query_width = 0;
  Index memory_width = 0;
  Index hidden = 0;     // A; 0: the memory's width
  Index features = 10;  // F
  Index reach = 5;      // R
  bool causal = false;  // mix() only
};

class LocationAware : public Mixer {
 public:
  // Throws ValueError unless there is a feature and the reach is not negative.
  LocationAware(const LocationAwareOptions& options, Generator& rng);

  // memory (B, S, Ck) -> (B, S, A).
  Tensor keys(const Tensor& memory) const { return content_.keys(memory); }
  // One step: q (B, 1, Cq), keys (B, S, A), memory (B, S, Ck), and the weights (B, 1, 1, S) of the
  // step before, undefined: there was none, -> y (B, 1, Ck), weights (B, 1, 1, S). `visible`
  // broadcasts against the weights.
  Attended attend(const Tensor& q, const Tensor& keys, const Tensor& memory, const Tensor& before,
                  const Mask& visible = {}) const;

  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  Tensor scores(const Tensor& q, const Tensor& keys, const Tensor& before) const;

  LocationAwareOptions options_;
  Additive& content_;
  nn::Conv1d& window_;   // F
  nn::Linear& feature_;  // U
};

}  // namespace heed::inline HEED_REAL::attention
