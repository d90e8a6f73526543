#include "nn/lstm.h"

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr Index gates = 4;

CellState step(const Tensor& from_x, const CellState& state, const RecurrentWeights& weights) {
  const Tensor &h = state[0], &c = state[1];
  const Index hidden = h.dim(-1);
  const Tensor all = from_x + linear(h, weights.weight_hh, weights.bias_hh);  // (B, 4 hidden)
  const Tensor i = sigmoid(gate(all, 0, hidden));
  const Tensor f = sigmoid(gate(all, 1, hidden));
  const Tensor g = tanh(gate(all, 2, hidden));
  const Tensor o = sigmoid(gate(all, 3, hidden));
  const Tensor next = f * c + i * g;
  return {o * tanh(next), next};
}

}  // namespace

LSTMCell::LSTMCell(Index in, Index hidden, Generator& rng) {
  check_positive("LSTMCell", {{"in", in}, {"hidden", hidden}});
  weights_ = make_recurrent_weights(
      {gates, in, hidden}, "",
      [this](const std::string& name, Tensor init) { return param(name, std::move(init)); }, rng);
}

LSTMState LSTMCell::operator()(const Tensor& x, const LSTMState& state) const {
  const Index hidden = weights_.weight_hh.dim(1);
  check_shape("LSTMCell", "x", x, "(B, in)", {-1, weights_.weight_ih.dim(1)});
  check_shape("LSTMCell", "h", state.h, "(B, hidden)", {x.dim(0), hidden});
  check_shape("LSTMCell", "c", state.c, "(B, hidden)", {x.dim(0), hidden});
  const Tensor from_x = linear(x, weights_.weight_ih, weights_.bias_ih);  // (B, 4 hidden)
  const CellState next = step(from_x, {state.h, state.c}, weights_);
  return {next[0], next[1]};
}

LSTM::LSTM(Index in, Index hidden, Generator& rng, const LSTMOptions& options)
    : bidirectional_(options.bidirectional),
      stack_(make_recurrent_stack(
          "LSTM", {gates, in, hidden, options.layers, options.bidirectional},
          [this](const std::string& name, Tensor init) { return param(name, std::move(init)); },
          rng)) {}

LSTMResult LSTM::operator()(const Tensor& x, const LSTMState& state) const {
  const StackRun run =
      run_recurrent_stack("LSTM", stack_, bidirectional_, step, x, {state.h, state.c});
  return {run.output, {run.state[0], run.state[1]}};
}

}  // namespace heed::inline HEED_REAL::nn
