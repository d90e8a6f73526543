// Gradients of a loss with respect to leaves that it holds itself, parameters among them, against
// central differences. gradcheck() does the same for what is an argument of a function.
#pragma once

#include <functional>

#include "nn/module.h"

namespace heed::inline HEED_REAL::laws {

// The largest deviation over all elements of a leaf, relative to its largest slope.
double deviation(const std::function<Tensor()>& loss, const Tensor& leaf);
// The worst of them over all parameters of a module.
double deviation(const std::function<Tensor()>& loss, const nn::Module& module);

}  // namespace heed::inline HEED_REAL::laws
