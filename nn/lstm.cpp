#include "nn/lstm.h"

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr Index gates = 4;

CellState steps(const Tensor& x, const CellState& first, const RecurrentWeights& weights,
                bool reverse) {
  const Tensor bias = weights.bias_ih + weights.bias_hh;
  const Tensor from_x = linear(x, weights.weight_ih, bias);  // (T, B, in) -> (T, B, 4 hidden)
  const Tensor states = lstm_sequence(from_x, weights.weight_hh, first[0], first[1], reverse);
  return {select(states, 0, 0), select(states, 0, 1)};  // (2, T, B, hidden) -> h, c
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
  const CellState next = steps(unsqueeze(x, 0), {state.h, state.c}, weights_, false);
  return {select(next[0], 0, 0), select(next[1], 0, 0)};  // (1, B, hidden) -> (B, hidden)
}

LSTM::LSTM(Index in, Index hidden, Generator& rng, const LSTMOptions& options)
    : bidirectional_(options.bidirectional),
      stack_(make_recurrent_stack(
          "LSTM", {gates, in, hidden, options.layers, options.bidirectional},
          [this](const std::string& name, Tensor init) { return param(name, std::move(init)); },
          rng)) {}

LSTMResult LSTM::operator()(const Tensor& x, const LSTMState& state) const {
  const StackRun run =
      run_recurrent_stack("LSTM", stack_, bidirectional_, steps, x, {state.h, state.c});
  return {run.output, {run.state[0], run.state[1]}};
}

}  // namespace heed::inline HEED_REAL::nn
