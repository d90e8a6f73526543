#include "bench/work.h"

#include <utility>

namespace heed::inline HEED_REAL::bench {

Stored stored(const std::vector<Parameter>& tensors) {
  Stored all;
  for (const Parameter& p : tensors) all.emplace_back(p.name, p.value);
  return all;
}

Work forward(std::vector<Parameter> inputs, std::function<Tensor()> f) {
  return {.run =
              [f] {
                const NoGrad off;
                f();
              },
          .inputs = [inputs = std::move(inputs)] { return stored(inputs); },
          .outputs =
              [f] {
                const NoGrad off;
                return stored({{"y", f()}});
              }};
}

Work forward_backward(std::vector<Parameter> inputs, std::function<Tensor()> f) {
  std::vector<Parameter> leaves;
  for (const Parameter& p : inputs) {
    if (p.value.requires_grad()) leaves.push_back(p);
  }
  const Shape shape = f().shape();
  Generator rng(17);
  const Tensor g = shape.rank() == 0 ? Tensor::scalar(1) : rng.normal(shape);
  if (shape.rank() > 0) inputs.push_back({"g", g});
  const auto run = [leaves, g, f] {
    for (const Parameter& p : leaves) p.value.zero_grad();
    f().backward(g);
  };
  const auto outputs = [leaves, run, f] {
    run();
    const NoGrad off;
    std::vector<Parameter> made{{"y", f()}};
    for (const Parameter& p : leaves) made.push_back({"grad." + p.name, p.value.grad()});
    return stored(made);
  };
  return {run, [inputs = std::move(inputs)] { return stored(inputs); }, outputs};
}

Tensor leaf(Generator& rng, const Shape& shape, double deviation) {
  return rng.normal(shape, 0, deviation).require_grad();
}

}  // namespace heed::inline HEED_REAL::bench
