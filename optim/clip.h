// Keeps gradients within bounds, between backward() and step(). Both replace grad() by new tensors,
// all or none: when one throws, nothing has changed. A parameter without a gradient is passed over.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

// Scales all gradients by one factor, max_norm / (norm + 1e-6), when that is below 1. Returns the
// norm (of all of them as one vector) before. Pascanu, Mikolov, Bengio 2013, arXiv 1211.5063.
// Throws NonFiniteError naming the first parameter whose gradient holds a NaN or an infinity;
// ValueError unless max_norm > 0.
double clip_by_norm(const std::vector<Parameter>& parameters, double max_norm);

// Moves every element of every gradient into [-max_value, max_value], infinities too: PyTorch's
// clip_grad_value_. Throws NonFiniteError naming the first parameter whose gradient holds a NaN;
// ValueError unless max_value > 0.
void clip_by_value(const std::vector<Parameter>& parameters, double max_value);

}  // namespace heed::inline HEED_REAL::optim
