#include "nn/gru.h"

#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr Index gates = 3;

CellState steps(const Tensor& x, const CellState& first, const RecurrentWeights& weights,
                bool reverse) {
  const Tensor from_x = linear(x, weights.weight_ih, weights.bias_ih);  // (T, B, 3 hidden)
  return {gru_sequence(from_x, weights.weight_hh, weights.bias_hh, first[0], reverse)};
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
  return select(steps(unsqueeze(x, 0), {h}, weights_, false)[0], 0, 0);  // (1, B, hidden)
}

GRU::GRU(Index in, Index hidden, Generator& rng, const GRUOptions& options)
    : bidirectional_(options.bidirectional),
      stack_(make_recurrent_stack(
          "GRU", {gates, in, hidden, options.layers, options.bidirectional},
          [this](const std::string& name, Tensor init) { return param(name, std::move(init)); },
          rng)) {}

GRUResult GRU::operator()(const Tensor& x, const Tensor& state) const {
  const StackRun run = run_recurrent_stack("GRU", stack_, bidirectional_, steps, x, {state});
  return {run.output, run.state[0]};
}

}  // namespace heed::inline HEED_REAL::nn
