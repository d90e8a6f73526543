#include "nn/rnn.h"

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr Index gates = 1;  // itself: nothing is gated

// One step after the other, as a graph: from_x is (B, hidden), both biases in it.
Tensor step(const Tensor& from_x, const Tensor& h, const RecurrentWeights& weights,
            Tensor (*nonlinearity)(const Tensor&)) {
  return nonlinearity(from_x + matmul(h, weights.weight_hh, {.transpose_b = true}));
}

Tensor of_input(const Tensor& x, const RecurrentWeights& weights) {
  return linear(x, weights.weight_ih, weights.bias_ih + weights.bias_hh);
}

}  // namespace

RNNCell::RNNCell(Index in, Index hidden, Generator& rng, const RNNCellOptions& options)
    : options_(options) {
  check_positive("RNNCell", {{"in", in}, {"hidden", hidden}});
  weights_ = make_recurrent_weights(
      {gates, in, hidden}, "",
      [this](const std::string& name, Tensor init) { return param(name, std::move(init)); }, rng);
}

Tensor RNNCell::operator()(const Tensor& x, const Tensor& h) const {
  check_shape("RNNCell", "x", x, "(B, in)", {-1, weights_.weight_ih.dim(1)});
  check_shape("RNNCell", "h", h, "(B, hidden)", {x.dim(0), weights_.weight_hh.dim(1)});
  return step(of_input(x, weights_), h, weights_, options_.nonlinearity);
}

RNN::RNN(Index in, Index hidden, Generator& rng, const RNNOptions& options)
    : options_(options),
      stack_(make_recurrent_stack(
          "RNN", {gates, in, hidden, options.layers, options.bidirectional},
          [this](const std::string& name, Tensor init) { return param(name, std::move(init)); },
          rng)) {}

RNNResult RNN::operator()(const Tensor& x, const Tensor& state) const {
  const auto steps = [this](const Tensor& input, const CellState& first,
                            const RecurrentWeights& weights, bool reverse) {
    const Tensor from_x = of_input(input, weights);  // (T, B, in) -> (T, B, hidden)
    std::vector<Tensor> states(static_cast<std::size_t>(from_x.dim(0)));
    Tensor h = first[0];
    for (std::size_t i = 0; i < states.size(); ++i) {
      const std::size_t t = reverse ? states.size() - 1 - i : i;
      h = step(select(from_x, 0, static_cast<Index>(t)), h, weights, options_.nonlinearity);
      states[t] = h;
    }
    return CellState{stack(states, 0)};  // (T, B, hidden)
  };
  const StackRun run =
      run_recurrent_stack("RNN", stack_, options_.bidirectional, steps, x, {state});
  return {run.output, run.state[0]};
}

}  // namespace heed::inline HEED_REAL::nn
