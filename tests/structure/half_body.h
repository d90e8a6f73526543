// The body of both halves; HEED_REAL decides which library it speaks to.
#pragma once

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/structure/half.h"

namespace heed::inline HEED_REAL {

inline HalfResult run_half() {
  HalfResult result;
  result.real_bytes = static_cast<int>(sizeof(Real));
  Tensor x = Tensor::scalar(Real(1) / 3);
  result.third = static_cast<double>(x.item());
  x.require_grad();
  (x * x * x).backward();
  result.gradient = static_cast<double>(x.grad().item());
  Generator generator(7);
  result.drawn = static_cast<double>(mean(generator.normal({1000})).item());
  try {
    matmul(Tensor::ones({2, 3}), Tensor::ones({2, 3}));
  } catch (const ShapeError&) {
    result.caught = true;
  }
  return result;
}

}  // namespace heed::inline HEED_REAL
