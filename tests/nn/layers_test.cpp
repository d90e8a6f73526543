// Layers: what they compute beside the golden files, and what they refuse. Those with more to say
// have files of their own.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/bilinear.h"
#include "nn/embedding.h"
#include "nn/feed_forward.h"
#include "nn/group_norm.h"
#include "nn/gru.h"
#include "nn/instance_norm.h"
#include "nn/layer_norm.h"
#include "nn/positions.h"
#include "nn/rms_norm.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

bool same(const Tensor& a, const Tensor& b, double tolerance = 0) {
  if (!(a.shape() == b.shape())) return false;
  for (Index i = 0; i < a.size(); ++i) {
    if (!(std::abs(a.data()[i] - b.data()[i]) <= tolerance)) return false;
  }
  return true;
}

BOOST_AUTO_TEST_SUITE(layers)

BOOST_AUTO_TEST_CASE(layer_norm_over_several_axes) {
  const nn::LayerNorm norm(Shape{3, 4}), flat(12);
  const Tensor x = Generator(1).normal({5, 3, 4});
  BOOST_CHECK(norm.parameters()[0].value.shape() == (Shape{3, 4}));
  BOOST_CHECK(same(reshape(norm(x), {5, 12}), flat(reshape(x, {5, 12}))));
  expect_throw<ShapeError>([&] { norm(Tensor::ones({3, 5})); },
                           "[layer_norm] x (3, 5) must end with (3, 4), and weight and bias must "
                           "have that shape");
  expect_throw<ValueError>([] { nn::LayerNorm(Shape{}); },
                           "[LayerNorm] there are no axes to normalise over");
}

BOOST_AUTO_TEST_CASE(linear_without_bias) {
  Generator rng(1);
  const nn::Linear layer(3, 2, rng, {.bias = false});
  BOOST_CHECK(!layer.bias().defined());
  BOOST_CHECK_EQUAL(layer.parameters().size(), 1u);
  const Tensor x = rng.normal({5, 3});
  BOOST_CHECK(same(layer(x), matmul(x, layer.weight(), {.transpose_b = true}), 1e-12));
  const nn::Linear given(layer.weight().detach(), Tensor());
  BOOST_CHECK(!given.bias().defined());
  BOOST_CHECK(same(given(x), layer(x)));
}

// y_o = sum_ij x1_i A_oij x2_j + b_o, number by number.
BOOST_AUTO_TEST_CASE(bilinear_is_its_sum) {
  Generator rng(1);
  const Index in1 = 3, in2 = 4, out = 2;
  const nn::Bilinear layer(in1, in2, out, rng), plain(in1, in2, out, rng, {.bias = false});
  BOOST_CHECK(!plain.bias().defined() && plain.parameters().size() == 1);
  BOOST_CHECK_EQUAL(layer.parameters()[0].name, "weight");
  BOOST_CHECK_EQUAL(layer.parameters()[1].name, "bias");
  const Tensor x1 = rng.normal({5, 2, in1}), x2 = rng.normal({5, 2, in2});
  constexpr double tolerance = sizeof(Real) == sizeof(float) ? 1e-6 : 1e-12;
  for (const nn::Bilinear* one : {&layer, &plain}) {
    std::vector<Real> expected;
    for (Index n = 0; n < 10; ++n) {
      for (Index o = 0; o < out; ++o) {
        Real y = one->bias().defined() ? one->bias().data()[o] : Real{0};
        for (Index i = 0; i < in1; ++i) {
          for (Index j = 0; j < in2; ++j) {
            y += x1.data()[n * in1 + i] * one->weight().data()[(o * in1 + i) * in2 + j] *
                 x2.data()[n * in2 + j];
          }
        }
        expected.push_back(y);
      }
    }
    BOOST_CHECK(same((*one)(x1, x2), Tensor({5, 2, out}, expected), tolerance));
  }
  const Tensor vectors = layer(select(select(x1, 0, 1), 0, 0), select(select(x2, 0, 1), 0, 0));
  BOOST_CHECK(same(vectors, select(select(layer(x1, x2), 0, 1), 0, 0), tolerance));
  BOOST_CHECK(layer(Tensor::zeros({0, in1}), Tensor::zeros({0, in2})).shape() == Shape({0, out}));
}

BOOST_AUTO_TEST_CASE(derivatives_of_bilinear) {
  Generator rng(1);
  const nn::Bilinear layer(3, 2, 2, rng);
  gradcheck("bilinear",
            [&](const std::vector<Tensor>& v) { return sum(square(layer(v[0], v[1]))); },
            {rng.normal({4, 3}), rng.normal({4, 2}), layer.weight(), layer.bias()});
}

// PyTorch's bound is that of the first input alone.
BOOST_AUTO_TEST_CASE(bilinear_starts_within_the_bound) {
  Generator rng(1);
  const nn::Bilinear layer(4, 100, 50, rng);
  const auto largest = [](const Tensor& x) { return static_cast<double>(max(abs(x)).item()); };
  BOOST_CHECK(largest(layer.weight()) <= 0.5 && largest(layer.weight()) > 0.499);
  BOOST_CHECK(largest(layer.bias()) <= 0.5 && largest(layer.bias()) > 0.4);
}

BOOST_AUTO_TEST_CASE(layer_norm_with_a_weight_or_a_bias_alone) {
  Generator rng(1);
  const Tensor x = rng.normal({2, 3});
  const auto name_of = [](const nn::Module& layer) {
    const std::vector<Parameter> own = layer.parameters();
    return own.size() == 1 ? own[0].name : "not one";
  };
  const nn::LayerNorm weighted(3, {.bias = false}), shifted(3, {.weight = false});
  BOOST_CHECK_EQUAL(name_of(weighted), "weight");
  BOOST_CHECK_EQUAL(name_of(shifted), "bias");
  weighted.parameters()[0].value.assign(Tensor::full({3}, 2));
  shifted.parameters()[0].value.assign(Tensor::full({3}, 2));
  const Tensor plain = layer_norm(x, {}, {});
  for (Index i = 0; i < 6; ++i) {
    BOOST_CHECK_EQUAL(weighted(x).data()[i], 2 * plain.data()[i]);
    BOOST_CHECK_EQUAL(shifted(x).data()[i], 2 + plain.data()[i]);
  }
}

// Two ends of the same formula.
BOOST_AUTO_TEST_CASE(one_group_is_layer_norm_and_a_group_a_channel_is_instance_norm) {
  Generator rng(1);
  const Tensor x = rng.normal({2, 4, 3});
  const Tensor whole = reshape(layer_norm(reshape(x, {2, 12}), {}, {}), {2, 4, 3});
  BOOST_CHECK(same(nn::group_norm(x, 1), whole, 1e-6));
  BOOST_CHECK(same(nn::group_norm(x, 4), nn::InstanceNorm(4)(x), 1e-6));
  BOOST_CHECK(nn::group_norm(Tensor::zeros({0, 4, 3}), 2).shape() == Shape({0, 4, 3}));
  BOOST_CHECK(nn::group_norm(Tensor::zeros({2, 4, 0}), 2).shape() == Shape({2, 4, 0}));
}

BOOST_AUTO_TEST_CASE(derivatives_of_group_norm) {
  Generator rng(1);
  gradcheck("group_norm",
            [](const std::vector<Tensor>& v) {
              return sum(square(nn::group_norm(v[0], 2, v[1], v[2], 0.1)));
            },
            {rng.normal({2, 4, 2}), rng.normal({4}), rng.normal({4})});
}

BOOST_AUTO_TEST_CASE(embedding_starts_with_a_zero_row_for_padding) {
  Generator rng(1);
  const nn::Embedding plain(4, 3, rng);
  const nn::Embedding padded(4, 3, rng, {.padding_id = 1});
  BOOST_CHECK(same(select(padded.weight(), 0, 1), Tensor::zeros({3})));
  BOOST_CHECK(!same(select(plain.weight(), 0, 1), Tensor::zeros({3})));
}

BOOST_AUTO_TEST_CASE(dropout_keeps_the_mean_and_is_off_in_evaluation) {
  nn::Dropout dropout(0.25);
  const Tensor x = Tensor::ones({20000});
  dropout.seed_draws(1, 1);
  const Tensor y = dropout(x);
  const auto zeros = std::count(y.values().begin(), y.values().end(), Real(0));
  BOOST_CHECK_CLOSE(static_cast<double>(zeros), 5000.0, 5.0);
  BOOST_CHECK_CLOSE(static_cast<double>(*std::max_element(y.values().begin(), y.values().end())),
                    1 / 0.75, 1e-4);
  dropout.eval();
  BOOST_CHECK(same(dropout(x), x));
}

BOOST_AUTO_TEST_CASE(feed_forward_is_its_parts) {
  Generator rng(1);
  const nn::FeedForward layer(3, 5, rng, {.activation = relu});
  const std::vector<Parameter> p = layer.parameters();
  BOOST_CHECK_EQUAL(p[0].name, "linear1.weight");
  BOOST_CHECK_EQUAL(p[3].name, "linear2.bias");
  const Tensor x = rng.normal({2, 3});
  const Tensor expected = linear(relu(linear(x, p[0].value, p[1].value)), p[2].value, p[3].value);
  BOOST_CHECK(same(layer(x), expected));
}

BOOST_AUTO_TEST_CASE(sinusoids_are_those_of_the_paper) {
  const Tensor table = nn::sinusoids(50, 6);
  for (Index t = 0; t < 50; ++t) {
    for (Index i = 0; i < 3; ++i) {
      const double angle = static_cast<double>(t) / std::pow(10000.0, static_cast<double>(i) / 3);
      BOOST_CHECK_SMALL(table.data()[t * 6 + 2 * i] - std::sin(angle), 1e-6);
      BOOST_CHECK_SMALL(table.data()[t * 6 + 2 * i + 1] - std::cos(angle), 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(sinusoids_go_on_before_zero) {
  const Tensor table = nn::sinusoids_at({2, 0, -3}, 4), ahead = nn::sinusoids(4, 4);
  BOOST_CHECK(same(slice(table, 0, 0, 2), index_select(ahead, Indices(std::vector{2, 0}))));
  for (Index i = 0; i < 4; ++i) {  // sines turn round, cosines do not
    BOOST_CHECK_EQUAL(table.data()[8 + i], (i % 2 == 0 ? -1 : 1) * ahead.data()[12 + i]);
  }
  expect_throw<ValueError>([] { nn::sinusoids_at({1}, 3); },
                           "[sinusoids_at] needs an even width >= 2, got 3");
}

BOOST_AUTO_TEST_CASE(positions_start_where_told) {
  Generator rng(1);
  const nn::LearnedPositions learned(8, 4, rng);
  const nn::SinusoidalPositions fixed(8, 4);
  const Tensor zeros = Tensor::zeros({2, 3, 4});
  const Tensor table = learned.parameters()[0].value;
  BOOST_CHECK(same(select(learned(zeros, 5), 0, 1), slice(table, 0, 5, 8)));
  BOOST_CHECK(same(select(fixed(zeros, 2), 0, 0), slice(nn::sinusoids(8, 4), 0, 2, 5)));
  BOOST_CHECK(fixed.parameters().empty());
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Generator rng(1);
  const Tensor x = Tensor::ones({2, 4});
  const Tensor sequence = Tensor::ones({2, 3, 4});
  expect_throw<ShapeError>([&] { nn::Linear(3, 2, rng)(x); },
                           "[Linear] x must be (..., in) with a last axis of 3, got (2, 4)");
  const std::string nothing = " is undefined\nhint: it was made by Tensor(), or moved from";
  expect_throw<ValueError>([&] { nn::Linear(3, 2, rng)(Tensor()); }, "[Linear] x" + nothing);
  expect_throw<ValueError>([&] { nn::GRU(3, 2, rng)(Tensor()); }, "[GRU] x" + nothing);
  expect_throw<ShapeError>([&] { nn::Linear(3, 2, rng)(Tensor::scalar(1)); },
                           "[Linear] x must be (..., in) with a last axis of 3, got ()");
  expect_throw<ShapeError>(
      [&] {
        nn::Linear{x, Tensor::ones({3})};
      },
      "[Linear] bias must be (out) = (2), got (3)");
  expect_throw<ShapeError>([&] { nn::Linear{Tensor::ones({3})}; },
                           "[Linear] weight must be (out, in) = (any, any), got (3)");
  const nn::Bilinear bilinear(4, 3, 2, rng);
  expect_throw<ShapeError>([&] { bilinear(Tensor::ones({2, 3}), x); },
                           "[Bilinear] x1 must be (..., in1) with a last axis of 4, got (2, 3)");
  expect_throw<ShapeError>([&] { bilinear(x, x); },
                           "[Bilinear] x2 must be (..., in2) with a last axis of 3, got (2, 4)");
  expect_throw<ShapeError>(
      [&] { bilinear(x, Tensor::ones({1, 3})); },
      "[Bilinear] x1 (2, 4) and x2 (1, 3) must agree in all axes but the last");
  expect_throw<ShapeError>([&] { nn::LayerNorm{3}(x); },
                           "[LayerNorm] x must be (..., width) with a last axis of 3, got (2, 4)");
  expect_throw<ShapeError>(
      [&] { nn::FeedForward(3, 6, rng)(x); },
      "[FeedForward] x must be (..., width) with a last axis of 3, got (2, 4)");
  expect_throw<ShapeError>(
      [&] { nn::LearnedPositions(8, 3, rng)(sequence); },
      "[LearnedPositions] x must be (B, T, width) = (any, any, 3), got (2, 3, 4)");
  expect_throw<ShapeError>([&] { nn::LearnedPositions(4, 4, rng)(sequence, 2); },
                           "[LearnedPositions] needs positions 2 to 4, and there are 4");
  expect_throw<ShapeError>([&] { nn::SinusoidalPositions(2, 4)(sequence); },
                           "[SinusoidalPositions] needs positions 0 to 2, and there are 2");
  expect_throw<ShapeError>([&] { nn::RMSNorm{3}(x); },
                           "[RMSNorm] x must be (..., width) with a last axis of 3, got (2, 4)");
}

BOOST_AUTO_TEST_CASE(wrong_shapes_of_channels) {
  const Tensor x = Tensor::ones({2, 4}), sequence = Tensor::ones({2, 4, 1});
  expect_throw<ShapeError>([&] { nn::GroupNorm(3, 6)(x); },
                           "[GroupNorm] x must be (B, channels, ...) with 6 channels, got (2, 4)");
  expect_throw<ShapeError>([&] { nn::group_norm(x, 3); },
                           "[group_norm] x must be (B, C, ...) with 3 groups dividing C, got (2, "
                           "4)");
  expect_throw<ShapeError>([&] { nn::group_norm(x, 2, {}, Tensor::ones({2})); },
                           "[group_norm] bias must have one value for each of the 4 channels of x "
                           "(2, 4), got (2)");
  expect_throw<ShapeError>(
      [&] { nn::InstanceNorm(3)(x); },
      "[InstanceNorm] x must be (B, channels, ...) with 3 channels, got (2, 4)");
  expect_throw<ShapeError>([&] { nn::InstanceNorm(4)(sequence); },
                           "[InstanceNorm] a channel needs 2 values or more, x (2, 4, 1) has 1");
}

BOOST_AUTO_TEST_CASE(wrong_values) {
  Generator rng(1);
  expect_throw<ValueError>([] { nn::GroupNorm(4, 6); },
                           "[GroupNorm] 4 groups must divide 6 channels");
  expect_throw<ValueError>([] { nn::GroupNorm(0, 6); },
                           "[GroupNorm] groups must be at least 1, got 0");
  expect_throw<ValueError>([] { nn::GroupNorm(2, 6, {.eps = 0}); },
                           "[GroupNorm] eps must be above 0, got 0");
  expect_throw<ValueError>([] { nn::group_norm(Tensor::ones({2, 2}), 1, {}, {}, -1); },
                           "[group_norm] eps must be >= 0, got -1");
  expect_throw<ValueError>([] { nn::InstanceNorm(2, {.eps = -1}); },
                           "[InstanceNorm] eps must be above 0, got -1");
  expect_throw<ValueError>([&] { nn::Linear(0, 2, rng); }, "[Linear] in must be at least 1, got 0");
  expect_throw<ValueError>([&] { nn::Bilinear(1, 0, 2, rng); },
                           "[Bilinear] in2 must be at least 1, got 0");
  expect_throw<ValueError>([&] { nn::Embedding(3, 2, rng, {.padding_id = 3}); },
                           "[Embedding] padding_id must be -1 or in [0, 3), got 3");
  expect_throw_with<ValueError>(
      [&] { nn::Embedding(3, 2, rng)(Indices(std::vector<std::int32_t>{3})); }, "3");
  expect_throw<ValueError>([] { nn::LayerNorm(2, {.eps = 0}); },
                           "[LayerNorm] eps must be above 0, got 0");
  expect_throw<ValueError>([] { nn::Dropout(1); }, "[Dropout] p must be in [0, 1), got 1");
  expect_throw<ValueError>([] { nn::Dropout(std::nan("")); },
                           "[Dropout] p must be in [0, 1), got nan");
  expect_throw<ValueError>([] { nn::sinusoids(4, 3); },
                           "[sinusoids] needs length >= 0 and an even width >= 2, got 4 and 3");
  expect_throw<ValueError>([] { nn::SinusoidalPositions(4, 3); },
                           "[SinusoidalPositions] needs an even width >= 2, got 3");
  expect_throw<ValueError>([] { nn::RMSNorm(0); }, "[RMSNorm] width must be at least 1, got 0");
  expect_throw<ValueError>([] { nn::RMSNorm(2, {.eps = -1}); },
                           "[RMSNorm] eps must be above 0, got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
