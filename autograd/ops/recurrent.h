// LSTM and GRU over a whole sequence. Fused, with their composed twins in twins.h. What the input
// gives to the gates is the same product for all steps, so it is made beforehand, by linear().
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// T steps from the state h, c (B, hidden); with `reverse` from the last to the first. With a_i,
// a_f, a_g, a_o the four pieces of from_x[t] + h weight^T:
//
//   i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o),   g = tanh(a_g)
//   c' = f * c + i * g,   h' = o * tanh(c')
//
// from_x (T, B, 4 hidden) with T >= 1 and both biases in it, weight (4 hidden, hidden) -> (2, T, B,
// hidden): h' and c' after each step. Throws ShapeError. Hochreiter and Schmidhuber 1997 with the
// forget gate of Gers, Schmidhuber, Cummins 2000.
Tensor lstm_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& h, const Tensor& c,
                     bool reverse = false);

// The same for a GRU in the form of PyTorch and cuDNN, where the reset gate acts after the product.
// With b_r, b_z, b_n the three pieces of h weight^T + bias, and a_r, a_z, a_n those of from_x[t]:
//
//   r, z = sigmoid(a_r + b_r), sigmoid(a_z + b_z),   n = tanh(a_n + r * b_n)
//   h' = (1 - z) * n + z * h
//
// from_x (T, B, 3 hidden) with T >= 1, weight (3 hidden, hidden), bias (3 hidden), h (B, hidden) ->
// (T, B, hidden): h' after each step. Throws ShapeError. Cho et al. 2014, arXiv 1406.1078.
Tensor gru_sequence(const Tensor& from_x, const Tensor& weight, const Tensor& bias, const Tensor& h,
                    bool reverse = false);

}  // namespace heed::inline HEED_REAL
