#include "nn/recurrence.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {
namespace {

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
                             bool bidirectional, const Recurrence& recurrence, const Tensor& x,
                             const std::vector<Tensor>& first) {
  check_input(layer, layers, x, first);
  const Tensor zeros = Tensor::zeros({x.dim(0), layers.front().weight_hh.dim(1)});
  std::vector<std::vector<Tensor>> last(first.size());  // by tensor of the cell, then by direction
  Tensor input = permute(x, {1, 0, 2});                 // (B, T, in) -> (T, B, in)
  for (std::size_t i = 0; i < layers.size();) {
    std::vector<Tensor> outputs;
    for (const bool reverse : {false, true}) {
      if (reverse && !bidirectional) continue;
      CellState state;
      for (const Tensor& part : first) {
        state.push_back(part.defined() ? select(part, 0, static_cast<Index>(i)) : zeros);
      }
      const CellState run = recurrence(input, state, layers[i], reverse);  // each (T, B, hidden)
      outputs.push_back(run.front());
      for (std::size_t part = 0; part < last.size(); ++part) {
        last[part].push_back(select(run[part], 0, reverse ? 0 : -1));
      }
      ++i;
    }
    input = concat(outputs, -1);  // (T, B, directions * hidden)
  }
  StackRun run{permute(input, {1, 0, 2}), {}};
  for (const std::vector<Tensor>& part : last) run.state.push_back(stack(part, 0));
  return run;
}

}  // namespace heed::inline HEED_REAL::nn
