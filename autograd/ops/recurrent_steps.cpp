#include "autograd/ops/recurrent_steps.h"

#include <fmt/format.h>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

void append_parts(const Tensor& x, std::vector<Tensor>& parts) {
  const Index length = x.dim(0);
  if (length == 1) {
    parts.push_back(select(x, 0, 0));
    return;
  }
  append_parts(slice(x, 0, 0, length / 2), parts);
  append_parts(slice(x, 0, length / 2, length), parts);
}

}  // namespace

Steps check_sequence(const char* op, Index gates, const Tensor& from_x, const Tensor& weight,
                     const std::vector<Tensor>& states, bool reverse) {
  if (weight.rank() != 2 || weight.dim(0) != gates * weight.dim(1)) {
    throw ShapeError(fmt::format("[{}] weight must be ({} hidden, hidden), got {}", op, gates,
                                 weight.shape().str()));
  }
  const Index hidden = weight.dim(1);
  if (from_x.rank() != 3 || from_x.dim(2) != gates * hidden) {
    throw ShapeError(fmt::format("[{}] from_x must be (T, B, {}) beside a weight {}, got {}", op,
                                 gates * hidden, weight.shape().str(), from_x.shape().str()));
  }
  const Steps steps{from_x.dim(0), from_x.dim(1), hidden, reverse};
  if (steps.count == 0) {
    throw ShapeError(
        fmt::format("[{}] from_x must have at least one step, got {}", op, from_x.shape().str()));
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].shape() == Shape{steps.batch, hidden}) continue;
    throw ShapeError(fmt::format("[{}] {} must be (B, hidden) = ({}, {}), got {}", op,
                                 i == 0 ? "h" : "c", steps.batch, hidden, states[i].shape().str()));
  }
  return steps;
}

Tensor recurrent_weight_gradient(const Steps& steps, const Tensor& gradient, const Tensor& outputs,
                                 const Tensor& start) {
  const Tensor first = unsqueeze(start, 0);  // (1, B, hidden)
  const Tensor before = steps.reverse ? concat({slice(outputs, 0, 1, steps.count), first}, 0)
                                      : concat({first, slice(outputs, 0, 0, steps.count - 1)}, 0);
  const Index rows = steps.count * steps.batch;
  return matmul(reshape(gradient, {rows, gradient.dim(2)}), reshape(before, {rows, steps.hidden}),
                {.transpose_a = true});
}

std::vector<Tensor> unstack(const Tensor& x) {
  std::vector<Tensor> parts;
  append_parts(x, parts);
  return parts;
}

}  // namespace heed::inline HEED_REAL
