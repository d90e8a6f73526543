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
    return call(child<T>(next_name(), std::forward<Args>(args)...));
  }
  // The same with options in braces at the end, as in Module::child().
  template <std::derived_from<Module> T, class A>
  Sequential& add(A&& a, const typename T::Options& options) {
    return call(child<T>(next_name(), std::forward<A>(a), options));
  }
  template <std::derived_from<Module> T, class A, class B>
  Sequential& add(A&& a, B&& b, const typename T::Options& options) {
    return call(child<T>(next_name(), std::forward<A>(a), std::forward<B>(b), options));
  }
  template <std::derived_from<Module> T, class A, class B, class C>
  Sequential& add(A&& a, B&& b, C&& c, const typename T::Options& options) {
    return call(child<T>(next_name(), std::forward<A>(a), std::forward<B>(b), std::forward<C>(c),
                         options));
  }
  template <std::derived_from<Module> T, class A, class B, class C, class D>
  Sequential& add(A&& a, B&& b, C&& c, D&& d, const typename T::Options& options) {
    return call(child<T>(next_name(), std::forward<A>(a), std::forward<B>(b), std::forward<C>(c),
                         std::forward<D>(d), options));
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
  std::string next_name() const { return std::to_string(steps_.size()); }
  template <class T>
  Sequential& call(const T& layer) {
    return add([&layer](const Tensor& x) { return layer(x); });
  }

  std::vector<Function> steps_;
};

}  // namespace heed::inline HEED_REAL::nn
