// The "general" and "location" scores of Luong, Pham, Manning 2015, arXiv 1508.04025, section 3.1.
#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array bilinear(const Given& in) {
  const Array asked = matmul(in.x, in["weight"]);          // (B, T, Ck)
  const Array scores = matmul(asked, turned(in.memory));  // (B, T, S)
  const Array weights = softmax(as_one_head(scores), seen(in));
  return side_by_side(matmul(weights, as_one_head(in.memory)));
}

Array location(const Given& in) {
  const Array scores = linear(in.x, rows(in["places"], 0, in.memory.shape(1)));  // (B, T, S)
  const Array weights = softmax(as_one_head(scores), seen(in));
  return side_by_side(matmul(weights, as_one_head(in.memory)));
}

}  // namespace heed_test::formula
