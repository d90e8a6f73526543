// Layers and functions called one after the other.
//
//   nn::Sequential net;
//   net.add<nn::Linear>(8, 32, rng).add(relu).add<nn::Dropout>(0.1).add<nn::Linear>(32, 1, rng);
//   Tensor y = net(x);                        // parameters 0.weight, 0.bias, 3.weight, 3.bias
//
// Inside another Module: child<nn::Sequential>("net"), then add().
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/module.h"

namespace heed::inline HEED_REAL::nn {

class Sequential : public Module {
 public:
  // A step: one tensor in, one out.
  using Function = std::function<Tensor(const Tensor&)>;

  // Builds a T from the arguments; its call takes a Tensor and gives one. Named by its place, as
  // PyTorch does, where functions count as well.
  template <std::derived_from<Module> T, class... Args>
  requires std::is_invocable_r_v<Tensor, const T&, const Tensor&> Sequential& add(Args&&... args) {
    const T& made = child<T>(std::to_string(steps_.size()), std::forward<Args>(args)...);
    return add([&made](const Tensor& x) { return made(x); });
  }
  // An activation, or any other function without parameters of its own.
  Sequential& add(Function function) {
    steps_.push_back(std::move(function));
    return *this;
  }

  // An empty one hands x on as it is.
  Tensor operator()(const Tensor& x) const {
    Tensor y = x;
    for (const Function& step : steps_) y = step(y);
    return y;
  }

 private:
  std::vector<Function> steps_;
};

}  // namespace heed::inline HEED_REAL::nn
