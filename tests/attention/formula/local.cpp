// Beltagy, Peters, Cohan 2020, arXiv 2004.05150, section 3.1.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array local(const Given& in) {
  const Array distance = xt::abs(distances(in.x.shape(1), in.memory.shape(1)));  // (T, S)
  const Array near = xt::where(distance <= in.option.at("window"), 1.0, 0.0);
  return dot_product(in, seen(in) * near, {scale_of(in, in.heads), in.heads, in.heads});
}

}  // namespace heed_test::formula
