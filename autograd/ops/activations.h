// The nonlinearities of neural networks, element by element.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor tanh(const Tensor& x);
Tensor sigmoid(const Tensor& x);
Tensor relu(const Tensor& x);      // derivative 0 at 0
Tensor gelu(const Tensor& x);      // x * Phi(x), exact. Hendrycks and Gimpel 2016, arXiv 1606.08415
Tensor softplus(const Tensor& x);  // log(1 + e^x)

}  // namespace heed::inline HEED_REAL
