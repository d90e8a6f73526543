// Xu et al. 2015, arXiv 1502.03044, equation 14.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array doubly_stochastic(const Array& weights, const Array& real) {
  const Array read = xt::sum(weights, {weights.dimension() - 2});  // (..., S)
  const Array missing = xt::square(1.0 - read) * real;
  return xt::sum(missing, {missing.dimension() - 1});
}

}  // namespace heed_test::formula
