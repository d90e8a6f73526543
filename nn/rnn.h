// The simple recurrent network. Elman 1990, "Finding structure in time", Cognitive Science 14, in
// the form of PyTorch and cuDNN.
//
//   h' = tanh(W_ih x + b_ih + W_hh h + b_hh)      or relu
#pragma once

#include "autograd/ops/activations.h"
#include "nn/module.h"
#include "nn/recurrence.h"

namespace heed::inline HEED_REAL::nn {

struct RNNCellOptions {
  Tensor (*nonlinearity)(const Tensor&) = tanh;  // or relu
};

// One step. Parameters: weight_ih (hidden, in), weight_hh (hidden, hidden), bias_ih (hidden),
// bias_hh (hidden), all from U(-1/sqrt(hidden), 1/sqrt(hidden)).
class RNNCell : public Module {
 public:
  using Options = RNNCellOptions;

  // Throws ValueError unless in >= 1 and hidden >= 1.
  RNNCell(Index in, Index hidden, Generator& rng, const RNNCellOptions& options = {});

  // x (B, in), h (B, hidden) -> (B, hidden). Throws ShapeError.
  Tensor operator()(const Tensor& x, const Tensor& h) const;

 private:
  RNNCellOptions options_;
  RecurrentWeights weights_;
};

struct RNNOptions {
  Index layers = 1;
  Tensor (*nonlinearity)(const Tensor&) = tanh;  // or relu
  bool bidirectional = false;
};

struct RNNResult {
  Tensor output;  // (B, T, hidden), or (B, T, 2 hidden): forward, then backward
  Tensor state;   // (layers, B, hidden), or (2 layers, B, hidden): 0 forward, 0 backward, 1 ...
};

// A whole sequence, in stacked layers. Parameters as PyTorch names them: weight_ih_l0,
// weight_hh_l0, bias_ih_l0, bias_hh_l0, then ..._l0_reverse, then ..._l1 and so on.
class RNN : public Module {
 public:
  using Options = RNNOptions;

  // Throws ValueError unless in, hidden and options.layers are >= 1.
  RNN(Index in, Index hidden, Generator& rng, const RNNOptions& options = {});

  // x (B, T, in) with T >= 1, state as in RNNResult (undefined: zeros). Throws ShapeError.
  RNNResult operator()(const Tensor& x, const Tensor& state = {}) const;

 private:
  RNNOptions options_;
  std::vector<RecurrentWeights> stack_;
};

}  // namespace heed::inline HEED_REAL::nn
