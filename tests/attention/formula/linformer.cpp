// Wang et al. 2020, arXiv 2006.04768, equation 7, with the same E and F for all heads: slot after
// slot.
#include <cmath>
#include <vector>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array linformer(const Given& in) {
  const Projected at = projected(in, {1, in.heads, in.heads});  // (B, H, T, D)
  const Array &e = in["E"], &f = in["F"];                       // (R, L)
  const std::size_t slots = e.shape(0), tokens = at.q.shape(2), size = at.q.shape(3);
  Array y = xt::zeros<double>(at.q.shape());
  for (std::size_t b = 0; b < at.q.shape(0); ++b) {
    for (std::size_t h = 0; h < in.heads; ++h) {
      for (std::size_t i = 0; i < tokens; ++i) {
        double total = 0;
        for (std::size_t r = 0; r < slots; ++r) {
          double score = 0;
          for (std::size_t j = 0; j < tokens; ++j) {
            for (std::size_t d = 0; d < size; ++d) {
              score += at.q(b, h, i, d) * e(r, j) * in.real(b, j) * at.k(b, h, j, d);
            }
          }
          const double weight = std::exp(score / std::sqrt(static_cast<double>(size)));
          total += weight;
          for (std::size_t j = 0; j < tokens; ++j) {
            for (std::size_t d = 0; d < size; ++d) {
              y(b, h, i, d) += weight * f(r, j) * in.real(b, j) * at.v(b, h, j, d);
            }
          }
        }
        for (std::size_t d = 0; d < size; ++d) y(b, h, i, d) /= total;
      }
    }
  }
  return output(in, y);
}

}  // namespace heed_test::formula
