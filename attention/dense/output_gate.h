// Attention with an output gate: what the heads found is let through or not, number by number, as
// the query says.
// Qiu et al. 2025, "Gated attention for large language models", arXiv 2505.06708, section 2.
//
//   head_h as in multi-head attention
//   y = (sigmoid(x W_g + b_g) * concat(head_1 ... head_H)) W_o
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); W_g (C, C).
// Cost     that of multi-head attention and T C^2 more for the gate.
// Differs  softmax has to look somewhere; here a query can say that it wants nothing. Values and
//          output projection are two linear maps in a row, which the gate bends in between. Not
//          worth its C^2 parameters where each query has its answer.
// Limit    an open gate is multi-head attention (an_open_output_gate_is_multi_head); a shut one
//          leaves the bias of the output projection.
//
// The gate stands between heads and output projection and reads the query's token, as in the form
// that the paper found best (elementwise, G1).
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct OutputGateOptions {
  Index width = 0;
  Index heads = 1;
  bool causal = false;
};

class OutputGate : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width.
  OutputGate(const OutputGateOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return causal_; }

 private:
  bool causal_;
  Projections& project_;
  nn::Linear& gate_;  // W_g
};

}  // namespace heed::inline HEED_REAL::attention
