// Convolutions, pooling, Fourier transforms and batch norm against PyTorch: values and gradients.
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

#include "autograd/ops.h"
#include "nn/batch_norm.h"
#include "nn/conv.h"
#include "nn/files/checkpoint.h"
#include "tests/golden/case.h"

namespace heed_test {
namespace {

Generator rng(1);

struct Signal : Case {
  explicit Signal(const std::string& name) : Case("torch_signals", name) {}
};

void load(nn::Module& module, const Named& values) {
  nn::TensorFile file;
  for (const auto& [name, value] : values) file.tensors.emplace_back(name, value);
  nn::load_into(module, file, "", {.strict = false});
}

BOOST_AUTO_TEST_SUITE(signals)

BOOST_AUTO_TEST_CASE(conv1d_with_every_option) {
  const Golden golden("torch_conv1d");
  nn::Conv1d conv(4, 6, 3, rng, {.stride = 2, .padding = 2, .dilation = 2, .groups = 2});
  nn::load_parameters(conv.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  expect_golden(golden, {{"input.x", x}}, {{"output", conv(x)}}, conv.parameters());
}

BOOST_AUTO_TEST_CASE(conv2d_of_two_extents) {
  const Golden golden("torch_conv2d");
  nn::Conv2d conv(3, 4, {3, 2}, rng, {.stride = {2, 1}, .padding = {1, 0}});
  nn::load_parameters(conv.parameters(), golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  expect_golden(golden, {{"input.x", x}}, {{"output", conv(x)}}, conv.parameters());
}

BOOST_AUTO_TEST_CASE(transposed_convolutions) {
  Signal one("transpose1d");
  const Tensor x1 = one("x"), w1 = one("weight"), b1 = one("bias");
  one.expect(conv_transpose1d(
      x1, w1, b1, {.stride = 3, .padding = 2, .output_padding = 2, .dilation = 2, .groups = 2}));
  Signal two("transpose2d");
  const Tensor x2 = two("x"), w2 = two("weight"), b2 = two("bias");
  two.expect(conv_transpose2d(
      x2, w2, b2,
      {.stride = {2, 1}, .padding = {1, 0}, .output_padding = {1, 0}, .dilation = {1, 2}}));
}

BOOST_AUTO_TEST_CASE(pooling) {
  Signal max1d("max1d"), max2d("max2d"), avg1d("avg1d"), avg2d("avg2d");
  max1d.expect(max_pool1d(max1d("x"), 3, {.stride = 2, .padding = 1, .dilation = 2}));
  max2d.expect(max_pool2d(max2d("x"), {3, 2}, {.stride = {2, 1}, .padding = {1, 0}}));
  avg1d.expect(avg_pool1d(avg1d("x"), 3, {.stride = 2, .padding = 1}));
  avg2d.expect(avg_pool2d(avg2d("x"), {3, 2}, {.padding = 1, .count_include_pad = false}));
}

BOOST_AUTO_TEST_CASE(fourier_transforms) {
  for (const Index n : {8, 9}) {
    const std::string length = std::to_string(n);
    Signal forward("fft" + length), backward("ifft" + length);
    Signal real("rfft" + length), from_half("irfft" + length);
    forward.expect(fft(forward("x")));
    backward.expect(ifft(backward("x")));
    real.expect(rfft(real("x")));
    from_half.expect(irfft(from_half("x"), n));
  }
}

// The real part of the transform over both axes.
BOOST_AUTO_TEST_CASE(fnet_mixing) {
  Signal fnet("fnet");
  const Tensor x = fnet("x");                              // (B, T, C)
  const Tensor hidden = fft(stack({x, x * 0}, -1));        // (B, T, C, 2)
  const Tensor both = fft(permute(hidden, {0, 2, 1, 3}));  // (B, C, T, 2)
  fnet.expect(transpose(select(both, -1, 0)));             // (B, T, C)
}

// The rest of torch_norms' gradients by xc: groups of 2 channels, normalised together.
Tensor group_norm(const Tensor& x, Index groups, const Tensor& weight, const Tensor& bias) {
  const Tensor parts = reshape(x, {x.dim(0), groups, -1});
  const Tensor centred = parts - mean(parts, {2}, true);
  const Tensor deviation = sqrt(mean(square(centred), {2}, true) + 1e-5);
  return reshape(centred / deviation, x.shape()) * reshape(weight, {-1, 1}) +
         reshape(bias, {-1, 1});
}

BOOST_AUTO_TEST_CASE(batch_norm_in_both_modes) {
  const Golden golden("torch_norms");
  const Tensor x = golden.leaf("input.xc");
  nn::BatchNorm train(6), eval(6);
  for (nn::BatchNorm* norm : {&train, &eval}) {
    load(*norm, {{"weight", golden["input.w"]},
                 {"bias", golden["input.b"]},
                 {"running_mean", golden["input.running_mean"]},
                 {"running_var", golden["input.running_var"]}});
  }
  eval.eval();
  Tensor weight = golden.leaf("param.gn.weight"), bias = golden.leaf("param.gn.bias");
  expect_golden(golden, {{"input.xc", x}},
                {{"output.bn_train", train(x)},
                 {"output.bn_eval", eval(x)},
                 {"output.gn", group_norm(x, 3, weight, bias)}},
                {{"gn.weight", weight}, {"gn.bias", bias}});
  const auto total = [&](std::size_t i) {
    return train.parameters()[i].value.grad() + eval.parameters()[i].value.grad();
  };
  expect_close("weight", total(0), golden["grad.input.w"]);
  expect_close("bias", total(1), golden["grad.input.b"]);
}

// Two batches, then eval() on an image; with a momentum and with plain averages.
void check_tracking(const std::string& name, const nn::BatchNormOptions& options) {
  const Golden golden("torch_signals");
  const std::string input = "input." + name + ".", output = "output." + name + ".";
  nn::BatchNorm norm(3, options);
  load(norm, {{"weight", golden[input + "weight"]}, {"bias", golden[input + "bias"]}});
  const Tensor x = golden.leaf(input + "second"), image = golden.leaf(input + "third");
  norm(golden[input + "first"]);
  const Tensor trained = norm(x);
  norm.eval();
  expect_golden(golden, {{input + "second", x}, {input + "third", image}},
                {{output + "train", trained}, {output + "eval", norm(image)}}, {});
  for (const auto& [own, value] : norm.parameters()) {
    expect_close(own, value.grad(), golden["grad." + input + own]);
  }
  const nn::BatchNorm expected(3, options);
  nn::load_parameters(expected.buffers(), golden.file(), "running." + name + ".",
                      {.strict = false});
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [own, value] = norm.buffers()[i];
    expect_close(own, value, expected.buffers()[i].value);
  }
}

BOOST_AUTO_TEST_CASE(batch_norm_tracks_what_it_sees) {
  check_tracking("norm", {.eps = 1e-3, .momentum = 0.3});
  check_tracking("norm_average", {.eps = 1e-3, .momentum = std::nullopt});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
