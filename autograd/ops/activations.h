// The nonlinearities of neural networks, element by element.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

Tensor tanh(const Tensor& x);     // (e^x - e^-x) / (e^x + e^-x)
Tensor sigmoid(const Tensor& x);  // 1 / (1 + e^-x)
Tensor relu(const Tensor& x);  // derivative 0 at 0
// x where positive, slope * x elsewhere; derivative `slope` at 0. Maas, Hannun and Ng 2013,
// "Rectifier Nonlinearities Improve Neural Network Acoustic Models".
Tensor leaky_relu(const Tensor& x, double slope = 0.01);
// x where positive, alpha (e^x - 1) elsewhere; derivative `alpha` at 0. Clevert, Unterthiner and
// Hochreiter 2015, arXiv 1511.07289, equation 1.
Tensor elu(const Tensor& x, double alpha = 1);
Tensor gelu(const Tensor& x);  // x * Phi(x), exact. Hendrycks and Gimpel 2016, arXiv 1606.08415
// The same paper's approximation, x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), as GPT-2 has it.
Tensor gelu_tanh(const Tensor& x);
Tensor silu(const Tensor& x);      // x * sigmoid(x), also called swish. The same paper, section 4
Tensor softplus(const Tensor& x);  // log(1 + e^x)
// x, and the nearer bound where x lies outside of [low, high]. The derivative is 1 from bound to
// bound, both included (PyTorch 2.15: 0 at the bounds), and 0 outside and at NaN, which passes. An
// infinity for a bound leaves that side open. Throws ValueError unless low <= high.
Tensor clamp(const Tensor& x, double low, double high);

}  // namespace heed::inline HEED_REAL
