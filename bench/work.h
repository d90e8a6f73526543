// A piece of work that can be repeated, and shown: what goes in and what comes out, so that
// somebody else can do the same work and compare.
#pragma once

#include <functional>
#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"
#include "nn/files/stored_tensor.h"

namespace heed::inline HEED_REAL::bench {

using Stored = std::vector<nn::StoredTensor>;

struct Work {
  std::function<void()> run;  // once
  std::function<Stored()> inputs;
  // Of one more repetition. Of training: of the steps that come first.
  std::function<Stored()> outputs;
};

Stored stored(const std::vector<Parameter>& tensors);

// y = f(), without a graph. Its memory is free before the next repetition.
Work forward(std::vector<Parameter> inputs, std::function<Tensor()> f);

// y = f() and the gradients of the inputs that require one, from a random cotangent `g` of y's
// shape, which is an input as well; from 1 where y is a scalar.
Work forward_backward(std::vector<Parameter> inputs, std::function<Tensor()> f);

// A standard normal leaf that wants a gradient.
Tensor leaf(Generator& rng, const Shape& shape, double deviation = 1);

}  // namespace heed::inline HEED_REAL::bench
