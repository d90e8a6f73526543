#include "nn/gru.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// One step from the gates' input part and the last state: (B, 3H), (B, H) -> (B, H).
Tensor step(const Tensor& from_x, const Tensor& h, const Tensor& weight_hh, const Tensor& bias_hh) {
  const Index hidden = h.dim(-1);
  const auto gate = [hidden](const Tensor& gates, Index i) {
    return slice(gates, -1, i * hidden, (i + 1) * hidden);  // (B, 3H) -> (B, H)
  };
  const Tensor from_h = linear(h, weight_hh, bias_hh);  // (B, 3H)
  const Tensor r = sigmoid(gate(from_x, 0) + gate(from_h, 0));
  const Tensor z = sigmoid(gate(from_x, 1) + gate(from_h, 1));
  const Tensor n = tanh(gate(from_x, 2) + r * gate(from_h, 2));
  return n + z * (h - n);
}

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

}  // namespace

GRUCell::GRUCell(Index in, Index hidden, Generator& rng) {
  check_positive("GRUCell", {{"in", in}, {"hidden", hidden}});
  weight_ih_ = param("weight_ih", fan_in_uniform({3 * hidden, in}, hidden, rng));
  weight_hh_ = param("weight_hh", fan_in_uniform({3 * hidden, hidden}, hidden, rng));
  bias_ih_ = param("bias_ih", fan_in_uniform({3 * hidden}, hidden, rng));
  bias_hh_ = param("bias_hh", fan_in_uniform({3 * hidden}, hidden, rng));
}

Tensor GRUCell::operator()(const Tensor& x, const Tensor& h) const {
  check_shape("GRUCell", "x", x, "(B, in)", {-1, weight_ih_.dim(1)});
  check_shape("GRUCell", "h", h, "(B, hidden)", {x.dim(0), weight_hh_.dim(1)});
  return step(linear(x, weight_ih_, bias_ih_), h, weight_hh_, bias_hh_);
}

GRU::GRU(Index in, Index hidden, Generator& rng, const GRUOptions& options)
    : hidden_(hidden), directions_(options.bidirectional ? 2 : 1) {
  check_positive("GRU", {{"in", in}, {"hidden", hidden}, {"layers", options.layers}});
  for (Index layer = 0; layer < options.layers; ++layer) {
    const Index width = layer == 0 ? in : directions_ * hidden;
    const std::string suffix = fmt::format("_l{}", layer);
    stack_.push_back(make_direction(suffix, width, rng));
    if (options.bidirectional) stack_.push_back(make_direction(suffix + "_reverse", width, rng));
  }
}

GRU::Direction GRU::make_direction(const std::string& suffix, Index in, Generator& rng) {
  const auto make = [&](const char* name, const Shape& shape) {
    return param(name + suffix, fan_in_uniform(shape, hidden_, rng));
  };
  Direction made;
  made.weight_ih = make("weight_ih", {3 * hidden_, in});
  made.weight_hh = make("weight_hh", {3 * hidden_, hidden_});
  made.bias_ih = make("bias_ih", {3 * hidden_});
  made.bias_hh = make("bias_hh", {3 * hidden_});
  return made;
}

GRUResult GRU::scan(const Direction& weights, const Tensor& x, Tensor h, bool backward) {
  const Tensor by_time = permute(x, {1, 0, 2});  // (B, T, in) -> (T, B, in)
  std::vector<Tensor> from_x;                    // T of (B, 3H)
  unstack(linear(by_time, weights.weight_ih, weights.bias_ih), from_x);
  std::vector<Tensor> states(from_x.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    const std::size_t t = backward ? states.size() - 1 - i : i;
    h = step(from_x[t], h, weights.weight_hh, weights.bias_hh);  // (B, H)
    states[t] = h;
  }
  return {stack(states, 1), h};
}

GRUResult GRU::operator()(const Tensor& x, const Tensor& state) const {
  check_shape("GRU", "x", x, "(B, T, in)", {-1, -1, stack_.front().weight_ih.dim(1)});
  if (x.dim(1) == 0) {
    throw ShapeError(fmt::format("[GRU] x must have at least one step, got {}", x.shape().str()));
  }
  const auto directions = static_cast<Index>(stack_.size());
  if (state.defined()) {
    check_shape("GRU", "state", state, "(layers, B, hidden)", {directions, x.dim(0), hidden_});
  }
  const Tensor first = state.defined() ? state : Tensor::zeros({directions, x.dim(0), hidden_});
  std::vector<Tensor> last;
  Tensor input = x;
  for (Index i = 0; i < directions; i += directions_) {
    std::vector<Tensor> outputs;
    for (Index d = 0; d < directions_; ++d) {
      const Direction& weights = stack_[static_cast<std::size_t>(i + d)];
      GRUResult run = scan(weights, input, select(first, 0, i + d), d == 1);
      outputs.push_back(std::move(run.output));
      last.push_back(std::move(run.state));
    }
    input = outputs.size() == 1 ? outputs[0] : concat(outputs, -1);  // (B, T, directions H)
  }
  return {input, stack(last, 0)};
}

}  // namespace heed::inline HEED_REAL::nn
