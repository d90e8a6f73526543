// Convolutional projections: queries and keys are made of a token and its neighbours, so that one
// layer can ask for "what came after an A", which softmax attention takes two layers for.
//
// conv-qk    Causal convolution of queries and keys; values stay those of single tokens.
//   Li, Jin, Xuan, Zhou, Chen, Wang, Yan 2019, "Enhancing the locality and breaking the memory
//   bottleneck of Transformer on time series forecasting", arXiv 1907.00235, section 4.1.
// conv-qkv   Convolution of queries, keys and values over the cells of a grid, row by row.
//   Wu et al. 2021, "CvT: introducing convolutions to vision Transformers", arXiv 2103.15808,
//   section 3.2.
//
//   conv-qk    Q = (a * x) W_q,  K = (b * x) W_k,  V = x W_v,  (a * x)_t = sum_{s < W} a_s x_{t-s}
//   conv-qkv   Q = (a * x) W_q,  K = (b * x) W_k,  V = (c * x) W_v,  over W x W cells around each
//   head_h = softmax(Q_h K_h^T / sqrt(D)) V_h,   y = concat(head_1 ... head_H) W_o
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of size D = C / H. a and b hold a number a channel
//          and place: query_window.weight (C, 1, W), or (C, 1, W, W) with columns cells in a row.
// Cost     beside multi-head attention 2 W T C or 3 W^2 T C multiply-adds, and as many parameters
//          as windows times C. With a state, conv-qk keeps 2 C numbers a token, and W - 1 tokens.
// Differs  a key knows its neighbourhood before any layer has mixed tokens. The windows are
//          depthwise and stand before the projections, as in CvT, also for conv-qk, where the paper
//          has full convolutions: those cost (W - 1) 2 C^2 parameters more. CvT's batch norm
//          between both and its stride for keys and values are left out. Not for sets, where nobody
//          is a neighbour; and where a layer lies before, that can do it as well.
// Limit    windows of one token, with the weight 1, are multi-head attention
//          (windows_of_one_token_are_multi_head).
//
// Windows find zeros before the first token, beyond the edges of the grid, and where the mask hides
// a token, which therefore is (B, 1, 1, T). They start as the token itself: like multi-head.
#pragma once

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

struct ConvQKOptions {
  Index width = 0;
  Index heads = 1;
  Index window = 3;  // W: the token and W - 1 before it
  bool causal = false;
};

class ConvQK : public Mixer {
 public:
  // Throws ValueError unless the window is at least 1 and the heads divide the width.
  ConvQK(const ConvQKOptions& options, Generator& rng);
  // Takes a state when it is causal: keys, values, and the last tokens. Throws ShapeError when it
  // is another's.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  void require_own_state(const MixerInput& input) const;
  Tensor with_past(const MixerInput& input, const Tensor& x) const;

  ConvQKOptions options_;
  Pattern pattern_;
  Projections& project_;
  Tensor query_window_, key_window_;  // (C, 1, W)
};

struct ConvQKVOptions {
  Index width = 0;
  Index heads = 1;
  Index window = 3;   // W x W cells; odd
  Index columns = 1;  // cells in a row of the grid; the last row may be incomplete
};

class ConvQKV : public Mixer {
 public:
  // Throws ValueError unless the window is odd, there is a column, and the heads divide the width.
  ConvQKV(const ConvQKVOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;

 private:
  ConvQKVOptions options_;
  MultiHead& heads_;
  Tensor query_window_, key_window_, value_window_;  // (C, 1, W, W)
};

}  // namespace heed::inline HEED_REAL::attention
