// What a test needs that takes a mechanism apart: its parameters by name, and the steps of the core
// one after the other. The laws need neither.
#pragma once

#include <string>

#include "attention/core.h"

namespace heed::inline HEED_REAL::laws {

// The parameter of that name. Throws when there is none.
Tensor parameter_of(const nn::Module& module, const std::string& name);
// Gives `to` the values of `from`, whose parameters are the same in number and size.
void copy_parameters(const nn::Module& from, const nn::Module& to);

// The readable path at once, for q (..., T, D), k and v (..., S, D): score, mask, normalise,
// combine.
template <class Score, class Normalise>
attention::Attended attend(const Tensor& q, const Tensor& k, const Tensor& v, const Mask& visible,
                           Score score, Normalise normalise) {
  const Tensor weights = normalise(score(q, k), visible);  // (..., T, S)
  return {attention::combine(weights, v), weights};
}

}  // namespace heed::inline HEED_REAL::laws
