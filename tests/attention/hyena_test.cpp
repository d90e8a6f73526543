// Hyena: the transform against the sum that it stands for, the operator as a matrix, and what is
// left of it in its limits.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/efficient/hyena.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr Index channels = 3;

// N gates and values of two samples.
HyenaStreams streams_of(Index gates, Index tokens) {
  HyenaStreams streams{.gates = {}, .values = sample({2, channels, tokens}, 1)};
  for (Index n = 0; n < gates; ++n) {
    streams.gates.push_back(sample({2, channels, tokens}, static_cast<std::uint64_t>(n) + 2));
  }
  return streams;
}

// (..., T, T) times (..., T).
Tensor times(const Tensor& matrix, const Tensor& x) {
  return squeeze(matmul(matrix, unsqueeze(x, -1)), -1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hyena)

BOOST_AUTO_TEST_CASE(a_long_convolution_is_its_toeplitz_matrix) {
  for (const Index tokens : {Index{1}, Index{7}, Index{12}, Index{130}}) {
    const Tensor x = sample({2, channels, tokens}, 1), filter = sample({channels, tokens}, 2);
    BOOST_TEST(distance(long_convolution(x, filter), times(toeplitz(filter), x)) < tiny);
  }
  const Tensor three = toeplitz(Tensor({3}, {1, 2, 3}));
  BOOST_TEST(distance(three, Tensor({3, 3}, {1, 0, 0, 2, 1, 0, 3, 2, 1})) == 0.0);
}

// The last place does not come round to the first: on a ring of T places it would.
BOOST_AUTO_TEST_CASE(nothing_comes_round) {
  const Index tokens = 9;
  Tensor filter = sample({channels, tokens}, 3);
  const Tensor end = pad(Tensor::ones({1, channels, 1}), 2, tokens - 1, 0);
  const Tensor y = long_convolution(end, filter);
  BOOST_TEST(largest(slice(y, 2, 0, tokens - 1)) < 1e-14);
  BOOST_TEST(distance(slice(y, 2, tokens - 1, tokens), slice(unsqueeze(filter, 0), 2, 0, 1)) <
             tiny);
}

BOOST_AUTO_TEST_CASE(hyena_of_no_filter_is_gates) {
  const HyenaStreams streams = streams_of(2, 6);
  const Tensor ones = Tensor::ones({1, channels}), zeros = Tensor::zeros({1, channels, 6});
  const Tensor gated = streams.gates[1] * streams.gates[0] * streams.values;
  BOOST_TEST(distance(hyena_operator(streams, zeros, ones), gated) < tiny);
  // A filter that holds a 1 at distance 0 is the same as d.
  const Tensor delta = pad(Tensor::ones({1, channels, 1}), 2, 0, 5);
  BOOST_TEST(distance(hyena_operator(streams, delta, ones * 0.0), gated) < tiny);
}

// A filter that holds a 1 at distance 2 reads the token two places before.
BOOST_AUTO_TEST_CASE(a_filter_of_one_distance_reads_there) {
  const HyenaStreams streams = streams_of(2, 6);
  const Tensor two = pad(Tensor::ones({1, channels, 1}), 2, 2, 3);
  const Tensor read = pad(slice(streams.gates[0] * streams.values, 2, 0, 4), 2, 2, 0);
  BOOST_TEST(distance(hyena_operator(streams, two, Tensor::zeros({1, channels})),
                      streams.gates[1] * read) < tiny);
}

BOOST_AUTO_TEST_CASE(the_operator_is_a_matrix_of_the_values) {
  const Mask real({2, 7}, {1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 0});
  for (const Index order : {Index{2}, Index{3}, Index{4}}) {
    const HyenaStreams streams = streams_of(order, 7);
    const Tensor filters = sample({order - 1, channels, 7}, 20);
    const Tensor skips = sample({order - 1, channels}, 21);
    for (const Mask& mask : {Mask(), real}) {
      const Tensor matrix = operator_matrix(streams, filters, skips, mask);  // (B, C, T, T)
      const Tensor y = hyena_operator(streams, filters, skips, mask);
      BOOST_TEST(distance(times(matrix, streams.values), y) < tiny);
      BOOST_TEST(largest(triu(matrix, 1)) == 0.0);
    }
    // Linear in the values, then.
    HyenaStreams other = streams;
    other.values = sample({2, channels, 7}, 22);
    HyenaStreams both = streams;
    both.values = streams.values * 2.0 + other.values;
    BOOST_TEST(distance(hyena_operator(both, filters, skips),
                        hyena_operator(streams, filters, skips) * 2.0 +
                            hyena_operator(other, filters, skips)) < tiny);
  }
}

// The laws hide tokens at the end, where no window that looks back would meet them.
BOOST_AUTO_TEST_CASE(windows_do_not_read_hidden_tokens) {
  Generator rng(1);
  const Hyena layer({.width = 4, .length = 6}, rng);
  const Mask real({1, 1, 1, 6}, {0, 1, 1, 0, 1, 1});
  const Tensor hidden = to_tensor(real.reshape({1, 6, 1})) - 1.0;  // -1 there, 0 elsewhere
  const Tensor x = sample({1, 6, 4}, 9), other = x + hidden * sample({1, 6, 4}, 10);
  const auto shown = [&](const Tensor& given) {
    const Tensor y = layer.mix({.x = given, .mask = real}).y;
    return concat({slice(y, 1, 1, 3), slice(y, 1, 4, 6)}, 1);
  };
  BOOST_TEST(distance(shown(x), shown(other)) == 0.0);
  BOOST_TEST(distance(layer.mix({.x = x}).y, layer.mix({.x = other}).y) > 0.01);
}

// What it publishes: how far tokens reach, in the mean of the channels.
BOOST_AUTO_TEST_CASE(a_map_shows_the_sizes_of_the_matrices) {
  Generator rng(1);
  const Hyena layer({.width = 1, .length = 8}, rng);
  const Tensor x = sample({2, 8, 1}, 4);
  const MapRecorder recorder;
  layer.mix({.x = x});
  BOOST_REQUIRE(recorder.maps().size() == 1U);
  BOOST_TEST((recorder.maps()[0].kind == MapKind::implied));
  const Tensor u = linear(x, parameter_of(layer, "in_proj.weight"),
                          parameter_of(layer, "in_proj.bias"));
  const HyenaStreams streams = hyena_streams(u, parameter_of(layer, "window.weight"),
                                             parameter_of(layer, "window.bias"), 1);
  Generator again(1);
  const HyenaFilter filter({.channels = 1, .length = 8}, again);
  for (const Parameter& own : filter.parameters()) {
    own.value.assign(parameter_of(layer, "filter." + own.name));
  }
  const Tensor matrix = operator_matrix(streams, unsqueeze(filter(8), 0),
                                        parameter_of(layer, "skips"));
  BOOST_TEST(distance(recorder.maps()[0].weights, abs(matrix)) < tiny);
}

// Distances are told in parts of L: a filter of twice the tokens begins with that of once.
BOOST_AUTO_TEST_CASE(a_filter_goes_on_beyond_the_length) {
  Generator rng(1);
  const HyenaFilter filter({.channels = 4, .length = 8}, rng);
  const Tensor once = filter(8), twice = filter(16);
  BOOST_TEST(distance(slice(twice, 1, 0, 8), once) == 0.0);
  // The window: channel 0 decays fastest, to a hundredth after 3 tenths of L.
  for (const char* rest : {"in.weight", "hidden.weight", "out.weight"}) {
    parameter_of(filter, rest).assign(parameter_of(filter, rest) * 0.0);
  }
  parameter_of(filter, "hidden.bias").assign(Tensor::ones({16}));
  parameter_of(filter, "out.weight").assign(Tensor::ones({4, 16}));
  const Tensor window = filter(13);
  const auto at = [&](Index channel, Index t) {
    return static_cast<double>(window.data()[channel * 13 + t] / window.data()[channel * 13]);
  };
  BOOST_TEST(std::abs(at(0, 12) - std::pow(0.01, 1.5 / 0.3)) < tiny);
  BOOST_TEST(std::abs(at(3, 12) - 0.01) < tiny);
}

BOOST_AUTO_TEST_CASE(parameters_do_not_hang_on_the_length) {
  Generator rng(1);
  const auto count = [&](Index length) {
    Index all = 0;
    const Hyena layer({.width = 8, .length = length}, rng);
    for (const Parameter& own : layer.parameters()) all += own.value.size();
    return all;
  };
  BOOST_TEST(count(16) == count(4096));
}

BOOST_AUTO_TEST_CASE(what_hyena_cannot_do_it_says) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { Hyena({.width = 8, .length = 4, .order = 1}, rng); }) ==
             "[hyena] order must be at least 2, got 1\nhint: order 2 has two gates and a filter "
             "between them");
  BOOST_TEST(thrown<Error>([&] { Hyena({.width = 8}, rng); }) ==
             "[hyena] length must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([] {
               long_convolution(sample({2, 3, 5}, 1), sample({3, 4}, 1));
             }) == "[long_convolution] x has 5 places, the filter 4");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
