// Multi-head attention: several softmax attentions side by side, each in a slice of the width.
// Vaswani et al. 2017, "Attention is all you need", arXiv 1706.03762, section 3.2.2.
//
//   Q_h = x W_q^h,  K_h = c W_k^h,  V_h = c W_v^h,  c = x or the context
//   head_h = softmax(Q_h K_h^T / sqrt(D)) V_h,   y = concat(head_1 ... head_H) W_o
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     2 T S C multiply-adds for scores and values, 4 T C^2 for the projections; the fused
//          kernel keeps H T numbers for the backward pass, the readable path H T S.
// Differs  not at all: this is the measure of all others. The parameter count does not depend on H.
// Limit    one head is single-head attention with an output projection
//          (multi_head_with_one_head_is_single_head).
//
// Parameters as PyTorch's MultiheadAttention: in_proj_weight (3C, C), in_proj_bias, out_proj.
#pragma once

#include "attention/dense/dot_product.h"

namespace heed::inline HEED_REAL::attention {

struct MultiHeadOptions {
  Index width = 0;
  Index heads = 1;
  bool scaled = true;  // scores divided by sqrt(D)
  bool causal = false;
  Context context = Context::optional;
};

class MultiHead : public Mixer {
 public:
  // `name` speaks in errors and maps. Throws ValueError unless heads divide the width.
  MultiHead(const MultiHeadOptions& options, Generator& rng, const char* name = "multihead");
  Mixed mix(const MixerInput& input) const override;

 private:
  DotProduct settings_;
  Tensor in_proj_weight_;
  Tensor in_proj_bias_;
  nn::Linear& out_proj_;
};

std::unique_ptr<Mixer> make_multi_head(const MixerConfig& config, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
