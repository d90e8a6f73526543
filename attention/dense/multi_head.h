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
// With fewer heads of keys and values, G = kv_heads, each serves H / G heads of queries, head h
// those of h / (H / G): multi-query attention for G = 1 (Shazeer 2019, arXiv 1911.02150),
// grouped-query attention in between (Ainslie et al. 2023, arXiv 2305.13245). The state of decoding
// shrinks to 2 G D numbers a token; the kernel reads each head of keys where it lies, without a
// copy. G = H is multi-head attention (as_many_key_heads_as_heads_is_multi_head).
//
// Parameters as PyTorch's MultiheadAttention: in_proj_weight (3C, C) or (C + 2 G D, C), or three
// matrices where keys and values have widths of their own; in_proj_bias, out_proj. The fused kernel
// is what trains; the readable path beside it is taken while maps are recorded, scores shifted or
// weights dropped.
#pragma once

#include <string>

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

struct MultiHeadOptions {
  Index width = 0;
  Index heads = 1;
  Index kv_heads = 0;  // G; 0: as many as heads
  Index kdim = 0;      // width of the context, which keys come from; 0: the width
  Index vdim = 0;      // of what values come from; 0: the width
  bool bias = true;    // of all projections
  bool scaled = true;  // scores divided by sqrt(D)
  bool causal = false;
  Index window = -1;  // |i - j| <= window; -1: all
  Context context = Context::optional;
  bool unit_start = false;  // see ProjectionOptions
  // Of weights in training, the others grow by 1 / (1 - dropout). Maps show them before.
  double dropout = 0;
  // Takes a state beside a context: its keys and values are projected once, as decoders need.
  bool cache_context = false;
  Positions positions = Positions::none;
  bool projections = true;  // false: q = x, k = v = context, as in Luong et al. 2015
};

class MultiHead : public Mixer {
 public:
  // `name` speaks in errors and maps. Throws ValueError unless the heads divide the width and the
  // kv_heads the heads, on a dropout outside [0, 1), and on cache_context where it is causal.
  MultiHead(const MultiHeadOptions& options, Generator& rng, std::string name = "multihead");
  // Takes a state when it is causal: keys and values, (B, S, 2 G D). With cache_context it takes
  // one for its context, which must be the same in every call.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  std::string name_;
  MultiHeadOptions options_;
  Pattern pattern_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
