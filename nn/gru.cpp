#include "nn/gru.h"

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr Index gates = 3;

CellState step(const Tensor& from_x, const CellState& state, const RecurrentWeights& weights) {
  const Tensor& h = state[0];
  const Index hidden = h.dim(-1);
  const Tensor from_h = linear(h, weights.weight_hh, weights.bias_hh);  // (B, 3 hidden)
  const Tensor r = sigmoid(gate(from_x, 0, hidden) + gate(from_h, 0, hidden));
  const Tensor z = sigmoid(gate(from_x, 1, hidden) + gate(from_h, 1, hidden));
  const Tensor n = tanh(gate(from_x, 2, hidden) + r * gate(from_h, 2, hidden));
  return {n + z * (h - n)};
}

}  // namespace

GRUCell::GRUCell(Index in, Index hidden, Generator& rng) {
  check_positive("GRUCell", {{"in", in}, {"hidden", hidden}});
  weights_ = make_recurrent_weights(
      {gates, in, hidden}, "",
      [this](const std::string& name, Tensor init) { return param(name, std::move(init)); }, rng);
}

Tensor GRUCell::operator()(const Tensor& x, const Tensor& h) const {
  check_shape("GRUCell", "x", x, "(B, in)", {-1, weights_.weight_ih.dim(1)});
  check_shape("GRUCell", "h", h, "(B, hidden)", {x.dim(0), weights_.weight_hh.dim(1)});
  return step(linear(x, weights_.weight_ih, weights_.bias_ih), {h}, weights_)[0];
}

GRU::GRU(Index in, Index hidden, Generator& rng, const GRUOptions& options)
    : bidirectional_(options.bidirectional),
      stack_(make_recurrent_stack(
          "GRU", {gates, in, hidden, options.layers, options.bidirectional},
          [this](const std::string& name, Tensor init) { return param(name, std::move(init)); },
          rng)) {}

GRUResult GRU::operator()(const Tensor& x, const Tensor& state) const {
  const StackRun run = run_recurrent_stack("GRU", stack_, bidirectional_, step, x, {state});
  return {run.output, run.state[0]};
}

}  // namespace heed::inline HEED_REAL::nn
