#include <memory>

#include "autograd/ops/conv.h"
#include "bench/row.h"
#include "nn/gru.h"
#include "nn/lstm.h"

namespace heed::inline HEED_REAL::bench {
namespace {

// x (32, channels, 28, 28) -> 32 channels, 3 x 3.
Work conv_work(Index channels, Index groups) {
  Generator rng(1);
  const Tensor x = leaf(rng, {32, channels, 28, 28});
  const Tensor weight = leaf(rng, {32, channels / groups, 3, 3}, 0.1);
  const Tensor bias = leaf(rng, {32});
  const Conv2dOptions options{.padding = 1, .groups = groups};
  return forward_backward({{"x", x}, {"weight", weight}, {"bias", bias}},
                          [=] { return conv2d(x, weight, bias, options); });
}

// Batch 32, 64 steps, 128 numbers in and 128 hidden ones.
template <class Layer>
Work recurrence_work() {
  constexpr Index width = 128;
  Generator rng(1);
  const Tensor x = leaf(rng, {32, 64, width});
  const std::shared_ptr<Layer> layer(new Layer(width, width, rng));
  std::vector<Parameter> inputs = layer->parameters();
  inputs.push_back({"x", x});
  return forward_backward(std::move(inputs), [x, layer] { return (*layer)(x).output; });
}

}  // namespace

std::vector<Row> layer_rows() {
  return {{"layers", "conv2d_fb", [] { return conv_work(16, 1); }},
          {"layers", "conv2d_depthwise_fb", [] { return conv_work(32, 32); }},
          {"layers", "lstm_fb", recurrence_work<nn::LSTM>},
          {"layers", "gru_fb", recurrence_work<nn::GRU>}};
}

}  // namespace heed::inline HEED_REAL::bench
