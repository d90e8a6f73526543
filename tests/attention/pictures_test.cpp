// Gates on pictures and the non-local block: no mixers, so this says what laws and second formulas
// would: values place by place, gradients, what moves what, limits, refusals.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>

#include "attention/catalog.h"
#include "attention/dense/multi_head.h"
#include "attention/maps.h"
#include "attention/pictures/cbam.h"
#include "attention/pictures/non_local.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index channels = 4, height = 5, width = 6, places = height * width;

// Biases that start at 0 and weights that do hide mistakes.
template <class Layer>
void draw_weights(const Layer& layer) {
  std::uint64_t seed = 70;
  for (const Parameter& own : layer.parameters()) {
    own.value.assign(sample(own.value.shape(), ++seed) * 0.6);
  }
}
void no_weights(const nn::Module& layer) {
  for (const Parameter& own : layer.parameters()) {
    own.value.assign(Tensor::zeros(own.value.shape()));
  }
}

Tensor pictures(Index count, std::uint64_t seed) {
  return sample({count, channels, height, width}, seed);
}
double at(const Tensor& x, Index b, Index c, Index place) {
  return static_cast<double>(x.data()[(b * channels + c) * places + place]);
}
double logistic(double z) { return 1 / (1 + std::exp(-z)); }

using Numbers = std::vector<double>;

// W_2 relu(W_1 z + b_1) + b_2, sum by sum.
Numbers two_layers(const nn::Module& layer, const std::string& prefix, const Numbers& z) {
  const auto linear = [&](const std::string& name, const Numbers& in, bool bent) {
    const Tensor w = parameter_of(layer, prefix + name + ".weight");
    const Tensor b = parameter_of(layer, prefix + name + ".bias");
    Numbers out;
    for (Index i = 0; i < w.dim(0); ++i) {
      double sum = static_cast<double>(b.data()[i]);
      for (Index j = 0; j < w.dim(1); ++j) {
        sum += static_cast<double>(w.data()[i * w.dim(1) + j]) * in[static_cast<std::size_t>(j)];
      }
      out.push_back(bent ? std::max(sum, 0.0) : sum);
    }
    return out;
  };
  return linear("fc2", linear("fc1", z, true), false);
}

// The gate of each channel of picture b, from its mean alone or from its maximum, too.
Numbers channel_gates(const nn::Module& layer, const std::string& prefix, const Tensor& x, Index b,
                      bool maximum) {
  Numbers means, largest;
  for (Index c = 0; c < channels; ++c) {
    double sum = 0, top = -INFINITY;
    for (Index p = 0; p < places; ++p) {
      sum += at(x, b, c, p);
      top = std::max(top, at(x, b, c, p));
    }
    means.push_back(sum / places);
    largest.push_back(top);
  }
  Numbers scores = two_layers(layer, prefix, means);
  const Numbers more = two_layers(layer, prefix, largest);
  for (std::size_t c = 0; c < scores.size(); ++c) {
    scores[c] = logistic(scores[c] + (maximum ? more[c] : 0));
  }
  return scores;
}

// The gate of one place: a window over the mean and the maximum of all channels.
double place_gate(const nn::Module& layer, const Tensor& x, Index b, Index row, Index column) {
  const Tensor w = parameter_of(layer, "spatial.conv.weight");  // (1, 2, K, K)
  double score = static_cast<double>(parameter_of(layer, "spatial.conv.bias").item());
  const Index side = w.dim(2), reach = side / 2;
  for (Index i = -reach; i <= reach; ++i) {
    for (Index j = -reach; j <= reach; ++j) {
      const Index r = row + i, s = column + j;
      if (r < 0 || r >= height || s < 0 || s >= width) continue;
      double sum = 0, top = -INFINITY;
      for (Index c = 0; c < channels; ++c) {
        sum += at(x, b, c, r * width + s);
        top = std::max(top, at(x, b, c, r * width + s));
      }
      const Index tap = (i + reach) * side + j + reach;
      score += static_cast<double>(w.data()[tap]) * sum / channels +
               static_cast<double>(w.data()[side * side + tap]) * top;
    }
  }
  return logistic(score);
}

void check_gradients(const nn::Module& layer, const std::function<Tensor(const Tensor&)>& f) {
  std::vector<Tensor> inputs{pictures(1, 3)};
  for (const Parameter& own : layer.parameters()) inputs.push_back(own.value);
  gradcheck("on pictures", [&](const std::vector<Tensor>& v) { return sum(square(f(v[0]))); },
            inputs);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(on_pictures)

BOOST_AUTO_TEST_CASE(gates_without_weights_are_one_half) {
  Generator rng(1);
  const Tensor x = pictures(2, 1);
  const SqueezeExcitation se(channels, rng);
  const Cbam cbam(channels, rng), places_only(channels, rng, {.channel = false}),
      channels_only(channels, rng, {.spatial = false});
  for (const nn::Module* layer :
       {static_cast<const nn::Module*>(&se), static_cast<const nn::Module*>(&cbam),
        static_cast<const nn::Module*>(&places_only),
        static_cast<const nn::Module*>(&channels_only)}) {
    no_weights(*layer);
  }
  BOOST_TEST(distance(se(x), x * 0.5) == 0.0);
  BOOST_TEST(distance(cbam(x), x * 0.25) == 0.0);
  BOOST_TEST(distance(places_only(x), x * 0.5) == 0.0);
  BOOST_TEST(distance(channels_only(x), x * 0.5) == 0.0);
}

BOOST_AUTO_TEST_CASE(squeeze_and_excitation_channel_by_channel) {
  Generator rng(1);
  const SqueezeExcitation layer(channels, rng, {.reduction = 2});
  draw_weights(layer);
  const Tensor x = pictures(2, 2), y = layer(x);
  for (Index b = 0; b < 2; ++b) {
    const Numbers gates = channel_gates(layer, "", x, b, false);
    for (Index c = 0; c < channels; ++c) {
      for (Index p = 0; p < places; ++p) {
        const double expected = gates[static_cast<std::size_t>(c)] * at(x, b, c, p);
        BOOST_TEST(std::abs(at(y, b, c, p) - expected) < 1e-13);
      }
    }
  }
}

// First the channels, then the places of what is left of them.
BOOST_AUTO_TEST_CASE(cbam_place_by_place) {
  Generator rng(1);
  const Cbam layer(channels, rng, {.reduction = 2, .window = 3});
  draw_weights(layer);
  const Tensor x = pictures(2, 2), y = layer(x);
  for (Index b = 0; b < 2; ++b) {
    const Numbers gates = channel_gates(layer, "channel.", x, b, true);
    std::vector<Real> left;
    for (Index c = 0; c < channels; ++c) {
      for (Index p = 0; p < places; ++p) {
        left.push_back(static_cast<Real>(gates[static_cast<std::size_t>(c)] * at(x, b, c, p)));
      }
    }
    const Tensor between({1, channels, height, width}, left);
    for (Index p = 0; p < places; ++p) {
      const double gate = place_gate(layer, between, 0, p / width, p % width);
      for (Index c = 0; c < channels; ++c) {
        BOOST_TEST(std::abs(at(y, b, c, p) - gate * at(between, 0, c, p)) < 1e-13);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(derivatives_on_pictures) {
  Generator rng(1);
  const SqueezeExcitation se(channels, rng, {.reduction = 2});
  const Cbam cbam(channels, rng, {.reduction = 2, .window = 3});
  const NonLocal block(channels, rng, {.inner = 3});
  draw_weights(se);
  draw_weights(cbam);
  draw_weights(block);
  check_gradients(se, [&](const Tensor& x) { return se(x); });
  check_gradients(cbam, [&](const Tensor& x) { return cbam(x); });
  check_gradients(block, [&](const Tensor& x) { return block(x); });
}

BOOST_AUTO_TEST_CASE(a_gate_for_channels_does_not_know_where) {
  Generator rng(1);
  const Tensor x = pictures(2, 4);
  std::vector<std::int32_t> order = rng.permutation(static_cast<std::int32_t>(places));
  const auto moved = [&](const Tensor& from) {
    const Tensor flat = reshape(from, {2, channels, places});
    return reshape(index_select(flat, Indices(order), 2), from.shape());
  };
  for (const bool maximum : {false, true}) {
    const ChannelGate gate("gate", channels, rng, {.reduction = 1, .maximum = maximum});
    draw_weights(gate);
    BOOST_TEST(distance(gate(moved(x)), gate(x)) < 1e-14);
    BOOST_TEST(distance(gate(x * 2.0), gate(x)) > 1e-3);
  }
  const SpatialGate where(3, rng);
  BOOST_TEST(distance(where(moved(x)), where(x)) > 1e-3);
}

// Moved by (2, 1), away from the borders.
BOOST_AUTO_TEST_CASE(a_gate_for_places_moves_with_the_picture) {
  Generator rng(1);
  const SpatialGate gate(3, rng);
  draw_weights(gate);
  const Tensor inner = sample({1, channels, 4, 4}, 5);
  const Tensor here = pad(pad(inner, 2, 2, 6), 3, 3, 5), there = pad(pad(inner, 2, 4, 4), 3, 4, 4);
  const auto around = [&](const Tensor& map, Index top, Index left) {  // a place more on each side
    return slice(slice(map, 2, top - 1, top + 5), 3, left - 1, left + 5);
  };
  BOOST_TEST(distance(around(gate(here), 2, 3), around(gate(there), 4, 4)) < 1e-14);
  BOOST_TEST(distance(around(gate(here), 2, 3), around(gate(there), 2, 3)) > 1e-3);
}

// What the header says of padding: there is no mask, as gates would not be those of the picture.
BOOST_AUTO_TEST_CASE(padding_changes_the_gates) {
  Generator rng(1);
  const Tensor x = pictures(1, 6), padded = pad(x, 3, 0, 2);
  const ChannelGate gate("gate", channels, rng, {.reduction = 1});
  BOOST_TEST(distance(gate(padded), gate(x)) > 1e-6);
  for (const char* name : {"se", "cbam", "non-local"}) {
    BOOST_TEST(!find(name).mixer.has_value());  // so that nothing can hand it a mask
  }
}

BOOST_AUTO_TEST_CASE(pictures_do_not_see_each_other) {
  Generator rng(1);
  const Cbam cbam(channels, rng, {.reduction = 2, .window = 3});
  const NonLocal block(channels, rng);
  draw_weights(block);
  const Tensor x = pictures(3, 7);
  for (Index b = 0; b < 3; ++b) {
    const Tensor alone = slice(x, 0, b, b + 1);
    BOOST_TEST(distance(cbam(alone), slice(cbam(x), 0, b, b + 1)) < 1e-14);
    BOOST_TEST(distance(block(alone), slice(block(x), 0, b, b + 1)) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(gates_are_what_a_recorder_gets) {
  Generator rng(1);
  const Cbam layer(channels, rng);
  const Tensor x = pictures(2, 8);
  const MapRecorder recorder;
  const Tensor y = layer(x);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2U);
  const Tensor of_channels = recorder.maps()[0].weights, of_places = recorder.maps()[1].weights;
  BOOST_TEST_REQUIRE(of_channels.shape() == (Shape{2, 1, 1, channels}));
  BOOST_TEST_REQUIRE(of_places.shape() == (Shape{2, 1, height, width}));
  BOOST_TEST(distance(x * reshape(of_channels, {2, channels, 1, 1}) * of_places, y) < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_fresh_block_is_the_identity) {
  Generator rng(1);
  const NonLocal block(channels, rng);
  const Tensor x = pictures(2, 9);
  BOOST_TEST(distance(block(x), x) == 0.0);
  draw_weights(block);
  BOOST_TEST(distance(block(x), x) > 0.1);
}

BOOST_AUTO_TEST_CASE(places_are_tokens_of_dot_attention) {
  Generator rng(1);
  const NonLocal block(channels, rng, {.inner = channels});
  draw_weights(block);
  const MultiHead dot({.width = channels, .scaled = false}, rng, "dot");
  const auto own = [&](const char* name) { return parameter_of(block, name); };
  parameter_of(dot, "in_proj_weight")
      .assign(concat({own("theta.weight"), own("phi.weight"), own("g.weight")}, 0));
  parameter_of(dot, "in_proj_bias")
      .assign(concat({own("theta.bias"), own("phi.bias"), own("g.bias")}, 0));
  parameter_of(dot, "out_proj.weight").assign(own("w_z.weight"));
  parameter_of(dot, "out_proj.bias").assign(own("w_z.bias"));
  const Tensor x = pictures(2, 10);
  const Tensor tokens = transpose(reshape(x, {2, channels, places}));  // (B, N, C)
  const Tensor added = reshape(transpose(dot.mix({.x = tokens}).y), x.shape());
  BOOST_TEST(distance(block(x) - x, added) < 1e-12);
  const MapRecorder recorder;  // and on the path that serves looking
  BOOST_TEST(distance(block(x) - x, added) < 1e-12);
  BOOST_TEST(recorder.maps().at(0).weights.shape() == (Shape{2, 1, places, places}));
}

BOOST_AUTO_TEST_CASE(wrong_pictures_and_sizes_are_told) {
  Generator rng(1);
  const SqueezeExcitation se(channels, rng);
  const Cbam cbam(channels, rng);
  const NonLocal block(channels, rng);
  const Tensor thin = sample({2, 3, 4, 4}, 11), flat = sample({2, channels, 4}, 11);
  BOOST_TEST(thrown<Error>([&] { se(thin); }) ==
             "[se] x must be (B, C, H, W) = (any, 4, any, any), got (2, 3, 4, 4)");
  BOOST_TEST(thrown<Error>([&] { cbam(flat); }) ==
             "[cbam] x must be (B, C, H, W) = (any, 4, any, any), got (2, 4, 4)");
  BOOST_TEST(thrown<Error>([&] { block(thin); }) ==
             "[non-local] x must be (B, C, H, W) = (any, 4, any, any), got (2, 3, 4, 4)");
  BOOST_TEST(thrown<Error>([&] { SqueezeExcitation(0, rng); }) ==
             "[se] channels must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { Cbam(channels, rng, {.window = 4}); }) ==
             "[cbam] a window has a place in its middle, so its side is odd: 4");
  BOOST_TEST(thrown<Error>([&] { Cbam(channels, rng, {.channel = false, .spatial = false}); }) ==
             "[cbam] there must be a gate for channels or for places");
  BOOST_TEST(thrown<Error>([&] { NonLocal(channels, rng, {.inner = -1}); }) ==
             "[non-local] inner must not be negative: -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
