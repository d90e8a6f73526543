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
// elu times 1.0507 with an alpha of 1.6733, which keep mean 0 and variance 1. Klambauer et al.
// 2017, arXiv 1706.02515, equation 2.
Tensor selu(const Tensor& x);
// x where positive, alpha (e^(x / alpha) - 1) elsewhere, of slope 1 at 0. Barron 2017, arXiv
// 1704.07483. Throws ValueError when alpha is 0.
Tensor celu(const Tensor& x, double alpha = 1);
// x where positive, weight * x elsewhere; derivative `weight` at 0. One weight, () or (1), or one
// for each channel, which is axis 1 of x: (C). He et al. 2015, arXiv 1502.01852, equation 1. Throws
// ShapeError.
Tensor prelu(const Tensor& x, const Tensor& weight);
Tensor hard_sigmoid(const Tensor& x);  // x / 6 + 1 / 2 between 0 and 1; derivative 0 at +-3
Tensor softsign(const Tensor& x);      // x / (1 + |x|)
// x * hard_sigmoid(x); derivative 0 at -3 and 1 at 3. Howard et al. 2019, arXiv 1905.02244, section
// 5.2.
Tensor hardswish(const Tensor& x);
Tensor mish(const Tensor& x);  // x * tanh(softplus(x)). Misra 2019, arXiv 1908.08681
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
