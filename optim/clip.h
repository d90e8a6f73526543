// Keeps gradients at a bounded length. Pascanu, Mikolov, Bengio 2013, arXiv 1211.5063.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::optim {

// Scales all gradients by one factor, max_norm / (norm + 1e-6), when that is below 1. Returns the
// norm (of all of them as one vector) before. Throws NonFiniteError naming the first parameter
// whose gradient holds a NaN or an infinity, before anything is changed; ValueError unless max_norm
// > 0.
double clip_by_norm(const std::vector<Parameter>& parameters, double max_norm);

}  // namespace heed::inline HEED_REAL::optim
