#include "nn/recurrence.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// The parts of x along axis 0, which goes away. By halves: the gradient of T selects would be T
// tensors of the size of x to add, this way it is log T.
void unstack(const Tensor& x, std::vector<Tensor>& parts) {
  const Index length = x.dim(0);
  if (length == 1) {
    parts.push_back(select(x, 0, 0));
    return;
  }
  unstack(slice(x, 0, 0, length / 2), parts);
  unstack(slice(x, 0, length / 2, length), parts);
}

struct Scan {
  Tensor output;  // (B, T, hidden)
  CellState last;
};

// One layer in one direction over x (B, T, in).
Scan scan(const RecurrentWeights& weights, CellStep step, const Tensor& x, CellState state,
          bool backward) {
  const Tensor by_time = permute(x, {1, 0, 2});  // (B, T, in) -> (T, B, in)
  std::vector<Tensor> from_x;                    // T of (B, gates * hidden)
  unstack(linear(by_time, weights.weight_ih, weights.bias_ih), from_x);
  std::vector<Tensor> outputs(from_x.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::size_t t = backward ? outputs.size() - 1 - i : i;
    state = step(from_x[t], state, weights);  // each (B, hidden)
    outputs[t] = state.front();
  }
  return {stack(outputs, 1), std::move(state)};
}

void check_input(const char* layer, const std::vector<RecurrentWeights>& stack, const Tensor& x,
                 const std::vector<Tensor>& first) {
  check_shape(layer, "x", x, "(B, T, in)", {-1, -1, stack.front().weight_ih.dim(1)});
  if (x.dim(1) == 0) {
    throw ShapeError(
        fmt::format("[{}] x must have at least one step, got {}", layer, x.shape().str()));
  }
  for (const Tensor& state : first) {
    if (!state.defined()) continue;
    check_shape(layer, "state", state, "(layers, B, hidden)",
                {static_cast<Index>(stack.size()), x.dim(0), stack.front().weight_hh.dim(1)});
  }
}

}  // namespace

RecurrentWeights make_recurrent_weights(const RecurrentShape& shape, const std::string& suffix,
                                        const MakeParameter& param, Generator& rng) {
  const auto make = [&](const char* name, const Shape& extents) {
    return param(name + suffix, fan_in_uniform(extents, shape.hidden, rng));
  };
  const Index rows = shape.gates * shape.hidden;
  RecurrentWeights made;
  made.weight_ih = make("weight_ih", {rows, shape.in});
  made.weight_hh = make("weight_hh", {rows, shape.hidden});
  made.bias_ih = make("bias_ih", {rows});
  made.bias_hh = make("bias_hh", {rows});
  return made;
}

std::vector<RecurrentWeights> make_recurrent_stack(const char* layer, const RecurrentShape& shape,
                                                   const MakeParameter& param, Generator& rng) {
  check_positive(layer, {{"in", shape.in}, {"hidden", shape.hidden}, {"layers", shape.layers}});
  std::vector<RecurrentWeights> stack;
  RecurrentShape one = shape;
  for (Index i = 0; i < shape.layers; ++i) {
    const std::string suffix = fmt::format("_l{}", i);
    stack.push_back(make_recurrent_weights(one, suffix, param, rng));
    if (shape.bidirectional) {
      stack.push_back(make_recurrent_weights(one, suffix + "_reverse", param, rng));
    }
    one.in = (shape.bidirectional ? 2 : 1) * shape.hidden;
  }
  return stack;
}

StackRun run_recurrent_stack(const char* layer, const std::vector<RecurrentWeights>& layers,
                             bool bidirectional, CellStep step, const Tensor& x,
                             const std::vector<Tensor>& first) {
  check_input(layer, layers, x, first);
  const Tensor zeros = Tensor::zeros({x.dim(0), layers.front().weight_hh.dim(1)});
  std::vector<std::vector<Tensor>> last(first.size());  // by tensor of the cell, then by direction
  Tensor input = x;
  for (std::size_t i = 0; i < layers.size();) {
    std::vector<Tensor> outputs;
    for (int direction = 0; direction < (bidirectional ? 2 : 1); ++direction, ++i) {
      CellState state;
      for (const Tensor& part : first) {
        state.push_back(part.defined() ? select(part, 0, static_cast<Index>(i)) : zeros);
      }
      const Scan run = scan(layers[i], step, input, std::move(state), direction == 1);
      outputs.push_back(run.output);
      for (std::size_t part = 0; part < last.size(); ++part) last[part].push_back(run.last[part]);
    }
    input = concat(outputs, -1);  // (B, T, directions * hidden)
  }
  StackRun run{input, {}};
  for (const std::vector<Tensor>& part : last) run.state.push_back(stack(part, 0));
  return run;
}

Tensor gate(const Tensor& gates, Index i, Index hidden) {
  return slice(gates, -1, i * hidden, (i + 1) * hidden);
}

}  // namespace heed::inline HEED_REAL::nn
