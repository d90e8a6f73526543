// The gated recurrent unit, in the form of PyTorch and cuDNN: the reset gate acts after the hidden
// matrix product and its bias (in Cho et al. 2014, arXiv 1406.1078, it acts before).
//
//   r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)
//   z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
//   n = tanh(W_in x + b_in + r * (W_hn h + b_hn))
//   h' = (1 - z) * n + z * h
#pragma once

#include "nn/module.h"
#include "nn/recurrence.h"

namespace heed::inline HEED_REAL::nn {

// One step. Parameters, the gates r, z, n stacked: weight_ih (3 hidden, in), weight_hh (3 hidden,
// hidden), bias_ih (3 hidden), bias_hh (3 hidden), all from U(-1/sqrt(hidden), 1/sqrt(hidden)).
class GRUCell : public Module {
 public:
  // Throws ValueError unless in >= 1 and hidden >= 1.
  GRUCell(Index in, Index hidden, Generator& rng);

  // x (B, in), h (B, hidden) -> (B, hidden). Throws ShapeError.
  Tensor operator()(const Tensor& x, const Tensor& h) const;

 private:
  RecurrentWeights weights_;
};

struct GRUOptions {
  Index layers = 1;
  bool bidirectional = false;
};

struct GRUResult {
  Tensor output;  // (B, T, hidden), or (B, T, 2 hidden): forward, then backward
  Tensor state;   // (layers, B, hidden), or (2 layers, B, hidden): 0 forward, 0 backward, 1 ...
};

// A whole sequence, in stacked layers. Parameters as PyTorch names them: weight_ih_l0,
// weight_hh_l0, bias_ih_l0, bias_hh_l0, then ..._l0_reverse, then ..._l1 and so on.
class GRU : public Module {
 public:
  using Options = GRUOptions;

  // Throws ValueError unless in, hidden and options.layers are >= 1.
  GRU(Index in, Index hidden, Generator& rng, const GRUOptions& options = {});

  // x (B, T, in) with T >= 1, state as in GRUResult (undefined: zeros). Throws ShapeError.
  GRUResult operator()(const Tensor& x, const Tensor& state = {}) const;

 private:
  bool bidirectional_;
  std::vector<RecurrentWeights> stack_;
};

}  // namespace heed::inline HEED_REAL::nn
