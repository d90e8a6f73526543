// What lstm_sequence and gru_sequence share: their checks, and the one product that makes the
// gradient of the recurrent weight.
#pragma once

#include <vector>

#include "autograd/kernels/recurrent_steps.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Throws ShapeError, naming the op, unless from_x is (T >= 1, B, gates * hidden), weight (gates *
// hidden, hidden), and each of the states, h first, (B, hidden).
Steps check_sequence(const char* op, Index gates, const Tensor& from_x, const Tensor& weight,
                     const std::vector<Tensor>& states, bool reverse);

// The sum over all steps of gradient[t]^T h, with h as it was before step t: gradient (T, B, n),
// outputs (T, B, hidden), start (B, hidden) -> (n, hidden).
Tensor recurrent_weight_gradient(const Steps& steps, const Tensor& gradient, const Tensor& outputs,
                                 const Tensor& start);

// For the twins: the parts of x along axis 0, which goes away. By halves: the gradient of T selects
// would be T tensors of the size of x to add, this way it is log T.
std::vector<Tensor> unstack(const Tensor& x);

}  // namespace heed::inline HEED_REAL
