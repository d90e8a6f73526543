// Long short-term memory. Hochreiter and Schmidhuber 1997, "Long short-term memory", Neural
// Computation 9, with the forget gate of Gers, Schmidhuber, Cummins 2000.
//
//   i, f, o = sigmoid(W_i* x + b_i* + W_h* h + b_h*)
//   g = tanh(W_ig x + b_ig + W_hg h + b_hg)
//   c' = f * c + i * g,   h' = o * tanh(c')
#pragma once

#include "nn/module.h"
#include "nn/recurrence.h"

namespace heed::inline HEED_REAL::nn {

// What one step of the cell, (B, hidden) each, or a stack of layers, (layers, B, hidden) each,
// hands on to the next. In a stack with both directions: 0 forward, 0 backward, 1 ...
struct LSTMState {
  Tensor h;
  Tensor c;
};

// One step. Parameters, the gates i, f, g, o stacked: weight_ih (4 hidden, in), weight_hh (4
// hidden, hidden), bias_ih (4 hidden), bias_hh (4 hidden), all from U(-1/sqrt(hidden),
// 1/sqrt(hidden)).
class LSTMCell : public Module {
 public:
  // Throws ValueError unless in >= 1 and hidden >= 1.
  LSTMCell(Index in, Index hidden, Generator& rng);

  // x (B, in), h and c (B, hidden) -> (B, hidden) each. Throws ShapeError.
  LSTMState operator()(const Tensor& x, const LSTMState& state) const;

 private:
  RecurrentWeights weights_;
};

struct LSTMOptions {
  Index layers = 1;
  bool bidirectional = false;
};

struct LSTMResult {
  Tensor output;  // (B, T, hidden), or (B, T, 2 hidden): forward, then backward
  LSTMState state;
};

// A whole sequence, in stacked layers. Parameters as PyTorch names them: weight_ih_l0,
// weight_hh_l0, bias_ih_l0, bias_hh_l0, then ..._l0_reverse, then ..._l1 and so on.
class LSTM : public Module {
 public:
  using Options = LSTMOptions;

  // Throws ValueError unless in, hidden and options.layers are >= 1.
  LSTM(Index in, Index hidden, Generator& rng, const LSTMOptions& options = {});

  // x (B, T, in) with T >= 1, where an undefined h or c is zeros. Throws ShapeError.
  LSTMResult operator()(const Tensor& x, const LSTMState& state = {}) const;

 private:
  bool bidirectional_;
  std::vector<RecurrentWeights> stack_;
};

}  // namespace heed::inline HEED_REAL::nn
