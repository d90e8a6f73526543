// Adaptive attention with a visual sentinel: a decoder that may look away from its source, at a
// vector made from its own memory.
// Lu, Xiong, Parikh, Socher 2017, "Knowing when to look: adaptive attention via a visual sentinel
// for image captioning", arXiv 1612.01887, section 2.3.
//
//   s_t = sigmoid(W_x x_t + W_h h_(t-1)) * tanh(c_t)               c_t: the cell of the LSTM
//   e_tj = v^T tanh(W_v m_j + W_g h_t),   e_t* = v^T tanh(W_s s_t + W_g h_t)
//   [a_t, beta_t] = softmax([e_t, e_t*]),   y_t = sum_j a_tj m_j + beta_t s_t
//
// Shapes   x (B, T, Cx), h and c (B, T, C), memory (B, S, C) -> y (B, T, C), beta (B, T); A hidden
//          units.
// Cost     as additive attention over S + 1 places, T (S + 1) A, and T (Cx + C) C for the sentinel.
// Differs  one slot more, which is no place of the source: beta says how much the decoder relies on
//          what it knows. It needs the cell of an LSTM and is no mixer. Not where every step needs
//          the source: beta costs nothing to learn there, and buys nothing.
// Limit    a source that is hidden leaves beta = 1 and y = s
//          (sentinel_alone_is_read_without_source); without a sentinel it is additive attention.
//
// With the weights on the source divided by 1 - beta this is the paper's beta s + (1 - beta) c.
#pragma once

#include "attention/core.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct SentinelOptions {
  Index input_width = 0;  // Cx
  Index width = 0;        // C
  Index hidden = 0;       // A; 0: the width
};

class Sentinel : public nn::Module {
 public:
  Sentinel(const SentinelOptions& options, Generator& rng);

  // s: what goes into the LSTM, the state before it, the cell after it.
  Tensor sentinel(const Tensor& x, const Tensor& h_before, const Tensor& c) const;

  struct Found {
    Tensor y;        // (B, T, C)
    Tensor weights;  // (B, 1, T, S + 1), the sentinel last
    Tensor gate;     // beta (B, T)
  };
  // `visible` broadcasts against (B, 1, T, S); the sentinel is always visible. An undefined s: no
  // sentinel, weights (B, 1, T, S) and a gate of 0. Throws ShapeError.
  Found attend(const Tensor& h, const Tensor& s, const Tensor& memory,
               const Mask& visible = {}) const;

 private:
  Tensor own_score(const Tensor& q, const Tensor& s) const;

  nn::Linear& gate_input_;  // W_x
  nn::Linear& gate_state_;  // W_h
  nn::Linear& query_;       // W_g
  nn::Linear& key_;         // W_v
  nn::Linear& own_key_;     // W_s
  Tensor score_;            // v (A)
};

}  // namespace heed::inline HEED_REAL::attention
