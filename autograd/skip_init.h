// Building a model without drawing its first weights, which is most of the time it takes.
//
//   std::optional<SkipInit> skip(std::in_place);
//   Gpt2 model(options, rng);
//   skip.reset();
//   nn::load_weights(path, model);
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// While one lives, the tensors that Generators of this thread are asked for are zeros, drawn from
// nothing: for models whose weights are loaded or written anyway. What a file does not hold stays
// zero. Numbers drawn one by one are what they always are.
class SkipInit {
 public:
  [[nodiscard("one without a name is gone at once: SkipInit skip;")]] SkipInit();
  ~SkipInit();
  SkipInit(const SkipInit&) = delete;
  SkipInit& operator=(const SkipInit&) = delete;

 private:
  bool before_;
};

// True while a SkipInit of this thread lives.
bool skipping_init();

}  // namespace heed::inline HEED_REAL
