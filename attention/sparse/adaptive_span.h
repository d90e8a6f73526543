// Adaptive span: each head learns how far back it looks.
// Sukhbaatar, Grave, Bojanowski, Joulin 2019, "Adaptive attention span in Transformers", arXiv
// 1905.07799, section 2.2.
//
//   s_ij = (q_i . k_j + q_i . r_(i-j)) / sqrt(D)                   r: a learned vector a distance
//   a_ij = m_z(i-j) e^s_ij / sum_j m_z(i-j) e^s_ij,   m_z(x) = clip((R + z - x) / R, 0, 1)
//   z_h = S sigmoid(u_h);   auxiliary loss = price * sum_h z_h
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H, a span z_h each of at most S, and
//          2 S + 1 vectors r (D), which the heads share.
// Cost     3 T^2 C multiply-adds with those of the distances. The spans say what could be left out
//          (2 (z + R) C a token); it is computed here all the same.
// Differs  no distance is cut off hard: within the ramp of R positions beyond z weights fade, which
//          gives z its gradient. The price pulls every span in, the loss pushes those out that need
//          it. A span whose ramp ends before anything useful gets no gradient from there: start
//          wide. Not where what is needed lies at all distances.
// Limit    z >= T is full attention with the same r (adaptive_span_of_all_is_full); z = 0 sees what
//          is nearer than R.
//
// Not causal, |i - j| takes the place of i - j. The paper clips z into [0, S] after each step; here
// the sigmoid keeps it there. In the catalog: `adaptive`.
#pragma once

#include "attention/projections.h"
#include "nn/relative_positions.h"

namespace heed::inline HEED_REAL::attention {

// m_z of every pair: spans (H), ramp R -> (H, queries, keys). The sequences end together.
Tensor span_ramp(const Tensor& spans, double ramp, Index queries, Index keys);

struct AdaptiveSpanOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
  Index most = 0;       // S
  double ramp = 4;      // R
  double price = 1e-3;  // of a position of span, in the loss
};

class AdaptiveSpan : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width, most >= 1, ramp > 0 and price >= 0.
  AdaptiveSpan(const AdaptiveSpanOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

  // z of each head, (H). They start at 0.95 S.
  Tensor spans() const;
  const AdaptiveSpanOptions& options() const { return options_; }

 private:
  AdaptiveSpanOptions options_;
  Pattern pattern_;
  Projections& project_;
  nn::RelativeVectors& distance_;  // r
  Tensor span_;                    // u (H)
};

}  // namespace heed::inline HEED_REAL::attention
