// An LSTM over a whole sequence.
#pragma once

#include "autograd/kernels/recurrent_steps.h"

namespace heed::inline HEED_REAL {

constexpr Index lstm_gates = 4;

// One step, over lanes and over tensors alike.
template <class V>
struct LstmStep {
  V i, f, g, o;
  V c, h;

  // From the pieces of from_x + h weight^T, and c before the step.
  LstmStep(const V& a_i, const V& a_f, const V& a_g, const V& a_o, const V& before)
      : i(sigmoid(a_i)),
        f(sigmoid(a_f)),
        g(tanh(a_g)),
        o(sigmoid(a_o)),
        c(f * before + i * g),
        h(o * tanh(c)) {}
};

// weight (4 hidden, hidden); h and c (batch, hidden) before the first step.
struct LstmInputs {
  const Real *from_x, *weight, *h, *c;
};

// Fills y (2, count, batch, hidden), h and c after each step, and the gates (count, batch, 4
// hidden): i, f, g, o side by side.
void lstm_forward(const Steps& steps, const LstmInputs& in, Real* y, Real* gates);

// What the forward pass made, and the cotangent g of y.
struct LstmOutputs {
  const Real *y, *gates, *g;
};
// The gradients of from_x + h weight^T at all steps (count, batch, 4 hidden), and of h and c at the
// start, which are zeros before.
struct LstmGradients {
  Real *pieces, *h, *c;
};
void lstm_backward(const Steps& steps, const LstmInputs& in, const LstmOutputs& made,
                   const LstmGradients& out);

}  // namespace heed::inline HEED_REAL
