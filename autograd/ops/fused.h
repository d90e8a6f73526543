// What the larger fused ops share: one kernel for all gradients, and the twin for higher
// derivatives.
#pragma once

#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/graph.h"

namespace heed::inline HEED_REAL {

// y with its past. kernel(inputs, g, wanted, out), or kernel(inputs, g, y, wanted, out) to be
// handed the output, makes the gradients; where they are to be differentiated themselves, they are
// those of twin(inputs) instead, recorded.
template <class Kernel, class Twin>
Tensor fused(const char* name, Tensor y, const std::vector<Tensor>& inputs, Kernel kernel,
             Twin twin) {
  constexpr bool handed_output =
      std::is_invocable_v<const Kernel&, const std::vector<Tensor>&, const Tensor&, const Tensor&,
                          Wanted, Tensor*>;
  std::vector<Kept> kept(inputs.begin(), inputs.end());
  auto rule = [kept = std::move(kept), kernel = std::move(kernel), twin = std::move(twin)](
                  const Tensor& g, const Tensor& output, Wanted wanted, Tensor* out) {
    std::vector<Tensor> values;
    for (const Kept& input : kept) values.push_back(input());
    if (grad_enabled()) {
      gradients_of_twin(values, g, wanted, out, twin);
    } else if constexpr (handed_output) {
      kernel(values, g, output, wanted, out);
    } else {
      kernel(values, g, wanted, out);
    }
  };
  if constexpr (handed_output) {
    return differentiable_jointly(name, std::move(y), inputs, std::move(rule));
  } else {
    return differentiable_jointly(name, std::move(y), inputs,
                                  [rule = std::move(rule)](const Tensor& g, Wanted wanted,
                                                           Tensor* out) {
                                    rule(g, Tensor(), wanted, out);
                                  });
  }
}

}  // namespace heed::inline HEED_REAL
