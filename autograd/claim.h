// Which leaves an optimizer moves: so that a model can say which of its parameters none does.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// While one lives, these tensors count as moved by an optimizer. May be asked on any thread.
class Claim {
 public:
  explicit Claim(const std::vector<Parameter>& parameters);
  Claim(Claim&&) = default;
  ~Claim();

 private:
  std::vector<Tensor> tensors_;
};

// Does a Claim on this tensor live?
bool is_claimed(const Tensor& tensor);

}  // namespace heed::inline HEED_REAL
