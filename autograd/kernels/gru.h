// A GRU over a whole sequence.
#pragma once

#include "autograd/kernels/recurrent_steps.h"

namespace heed::inline HEED_REAL {

constexpr Index gru_gates = 3;
// What the backward pass reads of a step: r, z, b_n (the part of n that r acts on) and n.
constexpr Index gru_saved = 4;

// One step, over lanes and over tensors alike.
template <class V>
struct GruStep {
  V r, z, n;
  V h;

  // From the pieces of from_x, those of h weight^T + bias, and h before the step.
  GruStep(const V& a_r, const V& a_z, const V& a_n, const V& b_r, const V& b_z, const V& b_n,
          const V& before)
      : r(sigmoid(a_r + b_r)),
        z(sigmoid(a_z + b_z)),
        n(tanh(a_n + r * b_n)),
        h(n + z * (before - n)) {}
};

// weight (3 hidden, hidden), bias (3 hidden); h (batch, hidden) before the first step.
struct GruInputs {
  const Real *from_x, *weight, *bias, *h;
};

// Fills y (count, batch, hidden), h after each step, and saved (count, batch, 4 hidden): r, z, b_n,
// n side by side.
void gru_forward(const Steps& steps, const GruInputs& in, Real* y, Real* saved);

// What the forward pass made, and the cotangent g of y.
struct GruOutputs {
  const Real *y, *saved, *g;
};
// The gradients of from_x and of h weight^T + bias at all steps (count, batch, 3 hidden), and of h
// at the start, which is zeros before.
struct GruGradients {
  Real *from_x, *from_h, *h;
};
void gru_backward(const Steps& steps, const GruInputs& in, const GruOutputs& made,
                  const GruGradients& out);

}  // namespace heed::inline HEED_REAL
