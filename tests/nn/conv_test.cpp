// Convolution layers: names, initial values and refusals. What they compute is held to PyTorch in
// tests/golden and to a loop in the table of operations.
#include "nn/conv.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include "autograd/ops.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

// Every value is below the bound of the uniform distribution, and some come near it.
void check_bound(const nn::Module& layer, Index fan_in) {
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  const std::vector<Parameter> parameters = layer.parameters();
  BOOST_REQUIRE_EQUAL(parameters.size(), 2u);
  BOOST_CHECK_EQUAL(parameters[0].name, "weight");
  BOOST_CHECK_EQUAL(parameters[1].name, "bias");
  for (const Parameter& parameter : parameters) {
    double largest = 0;
    for (const Real v : parameter.value.values()) {
      largest = std::max(largest, std::abs(static_cast<double>(v)));
    }
    BOOST_CHECK_LE(largest, bound);
    BOOST_CHECK_GE(largest, 0.9 * bound);
  }
}

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::equal(a.values().begin(), a.values().end(), b.values().begin());
}

BOOST_AUTO_TEST_SUITE(conv)

BOOST_AUTO_TEST_CASE(as_many_places_as_values) {
  Generator rng(1);
  const nn::Conv1d conv(2, 3, 4, rng, {.dilation = 2, .same = true});
  const Tensor x = rng.normal({2, 2, 7});
  const Tensor weight = conv.parameters()[0].value;
  const Tensor bias = conv.parameters()[1].value;
  BOOST_CHECK(conv(x).shape() == (Shape{2, 3, 7}));
  BOOST_CHECK(allclose(conv(x), conv1d(pad(x, -1, 3, 3), weight, bias, {.dilation = 2})));
  const nn::Conv2d causal(2, 3, {1, 3}, rng, {.padding = {0, 2}, .padding_after = 0});
  BOOST_CHECK(causal(rng.normal({1, 2, 4, 5})).shape() == (Shape{1, 3, 4, 5}));
}

BOOST_AUTO_TEST_CASE(initial_values_are_those_of_pytorch) {
  Generator rng(1);
  check_bound(nn::Conv1d(20, 60, 7, rng, {.groups = 2}), 10 * 7);
  check_bound(nn::Conv2d(20, 60, {3, 5}, rng, {.groups = 2}), 10 * 15);
  check_bound(nn::ConvTranspose1d(20, 60, 7, rng, {.groups = 2}), 30 * 7);
  check_bound(nn::ConvTranspose2d(20, 60, {3, 5}, rng, {.groups = 2}), 30 * 15);
}

BOOST_AUTO_TEST_CASE(shapes) {
  Generator rng(1);
  const Tensor sequence = rng.normal({2, 4, 9}), image = rng.normal({2, 4, 9, 7});
  const nn::Conv1d conv1d(4, 6, 3, rng, {.stride = 2, .padding = 1, .groups = 2});
  BOOST_CHECK_EQUAL(conv1d(sequence).shape().str(), "(2, 6, 5)");
  const nn::Conv2d conv2d(4, 6, {3, 1}, rng, {.dilation = {2, 1}, .bias = false});
  BOOST_CHECK_EQUAL(conv2d(image).shape().str(), "(2, 6, 5, 7)");
  BOOST_CHECK_EQUAL(conv2d.parameters().size(), 1u);
  const nn::ConvTranspose1d up1d(4, 6, 3, rng, {.stride = 2, .output_padding = 1, .groups = 2});
  BOOST_CHECK_EQUAL(up1d(sequence).shape().str(), "(2, 6, 20)");
  const nn::ConvTranspose2d up2d(4, 6, {3, 1}, rng, {.stride = 2, .padding = {1, 0}});
  BOOST_CHECK_EQUAL(up2d(image).shape().str(), "(2, 6, 17, 13)");
}

// No option has its default, and none the value of another one or of another axis.
BOOST_AUTO_TEST_CASE(every_option_reaches_the_operation) {
  Generator rng(1);
  const Tensor sequence = rng.normal({2, 4, 19}), image = rng.normal({2, 4, 19, 17});
  const auto both = [](const nn::Module& layer) {
    const std::vector<Parameter> own = layer.parameters();
    return std::pair(own[0].value, own[1].value);
  };
  {
    const nn::Conv1d layer(4, 6, 3, rng, {.stride = 4, .padding = 1, .dilation = 3, .groups = 2});
    const auto [weight, bias] = both(layer);
    BOOST_CHECK(same(layer(sequence), conv1d(sequence, weight, bias, {4, 1, 3, 2})));
  }
  {
    const nn::Conv2d layer(4, 6, {3, 2}, rng,
                           {.stride = {4, 2}, .padding = {1, 0}, .dilation = {3, 5}, .groups = 2});
    const auto [weight, bias] = both(layer);
    BOOST_CHECK(same(layer(image), conv2d(image, weight, bias, {{4, 2}, {1, 0}, {3, 5}, 2})));
  }
  {
    const nn::ConvTranspose1d layer(
        4, 6, 3, rng, {.stride = 4, .padding = 1, .output_padding = 2, .dilation = 3, .groups = 2});
    const auto [weight, bias] = both(layer);
    BOOST_CHECK(same(layer(sequence), conv_transpose1d(sequence, weight, bias, {4, 1, 2, 3, 2})));
  }
  {
    const nn::ConvTranspose2d layer(4, 6, {3, 2}, rng,
                                    {.stride = {4, 2},
                                     .padding = {1, 0},
                                     .output_padding = {2, 1},
                                     .dilation = {3, 5},
                                     .groups = 2});
    const auto [weight, bias] = both(layer);
    BOOST_CHECK(same(layer(image),
                     conv_transpose2d(image, weight, bias, {{4, 2}, {1, 0}, {2, 1}, {3, 5}, 2})));
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  Generator rng(1);
  expect_throw<ValueError>([&] { nn::Conv1d(4, 6, 0, rng); },
                           "[Conv1d] the window must be at least 1, got 0");
  expect_throw<ValueError>([&] { nn::Conv2d(4, 6, 3, rng, {.groups = 4}); },
                           "[Conv2d] 4 groups must divide in 4 and out 6");
  expect_throw<ValueError>([&] { nn::ConvTranspose2d(0, 6, 3, rng); },
                           "[ConvTranspose2d] in must be at least 1, got 0");
  const nn::Conv1d conv(4, 6, 3, rng);
  expect_throw<ShapeError>(
      [&] {
        conv(Tensor::ones({2, 5, 9}));
      },
      "[conv1d] weight (6, 4, 3) is for 4 channels a group, x (2, 5, 9) has 5 "
      "in 1 group(s)\n"
      "hint: the weight is (outputs, channels / groups, window)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
