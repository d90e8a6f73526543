// Dropout. Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014.
#pragma once

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

// In training, zeroes each element with probability p and scales the others by 1 / (1 - p); in
// evaluation, and when p is 0, hands x on as it is. What it draws is a function of the seed, of its
// path in the model and of the step: see Module::seed_draws.
class Dropout : public Module {
 public:
  // Throws ValueError unless 0 <= p < 1.
  explicit Dropout(double p);

  // Any shape. Throws ValueError in training before the first seed_draws().
  Tensor operator()(const Tensor& x) const;

 private:
  double p_;
};

}  // namespace heed::inline HEED_REAL::nn
