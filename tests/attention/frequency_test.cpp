// Mixing by frequency: the checks of these rows beyond the laws and the second formulas, which
// write the transforms out.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <string>

#include "attention/catalog.h"
#include "attention/frequency/auto_correlation.h"
#include "attention/frequency/fedformer.h"
#include "attention/frequency/fnet.h"
#include "attention/frequency/gfnet.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-10;

// Element i of an axis at -i, which is the other end.
Tensor mirrored(const Tensor& x, int axis) { return roll(flip(x, axis), 1, axis); }

// x (B, T, C) moved along the ring of its places.
Tensor moved(const Tensor& x, Index places) { return roll(x, places, 1).detach(); }

// A wave of frequency f over n places in all channels, (1, n, C).
Tensor wave(Index f, Index n, Index channels, double phase) {
  std::vector<Real> values;
  for (Index t = 0; t < n; ++t) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(f * t) / static_cast<double>(n);
    values.insert(values.end(), static_cast<std::size_t>(channels),
                  static_cast<Real>(std::cos(angle + phase)));
  }
  return Tensor({1, n, channels}, values);
}

template <class E>
auto says(const std::string& text) {
  return [text](const E& error) { return std::string(error.what()) == text; };
}

BOOST_AUTO_TEST_SUITE(frequency)

BOOST_AUTO_TEST_CASE(fnet_twice_is_x_and_its_mirror) {
  for (const Shape& shape : {Shape{2, 6, 4}, Shape{1, 7, 5}, Shape{2, 1, 8}}) {
    const Tensor x = sample(shape, 1);
    const Tensor other = mirrored(mirrored(x, 1), 2);
    const double half = static_cast<double>(shape[1] * shape[2]) / 2;
    BOOST_TEST(distance(fourier_mix(fourier_mix(x)), (x + other) * half) < tiny);
  }
}

// The sum of squares of all parts, over T C, is that of x.
BOOST_AUTO_TEST_CASE(a_spectrum_keeps_the_sum_of_squares) {
  const Tensor x = sample({2, 9, 6}, 2);
  const Tensor spectrum = fft2(stack({x, x * 0.0}, -1));
  BOOST_TEST(distance(sum(square(spectrum)) * (1.0 / 54), sum(square(x))) < tiny);
}

BOOST_AUTO_TEST_CASE(gfnet_of_a_spectrum_is_circular_convolution) {
  for (const Index length : {Index{8}, Index{9}}) {
    const Tensor x = sample({2, length, 3}, 3), g = sample({1, length, 3}, 4);
    Tensor direct = Tensor::zeros(x.shape());
    for (Index s = 0; s < length; ++s) direct = direct + roll(x, s, 1) * slice(g, 1, s, s + 1);
    BOOST_TEST(distance(filtered(x, select(rfft(g, 1), 0, 0)), direct) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(gfnet_of_ones_is_the_identity) {
  Generator rng(1);
  const GFNet layer({.width = 3, .length = 8}, rng);
  const Tensor ones = Tensor::ones({5, 3, 1});
  parameter_of(layer, "complex_weight").assign(concat({ones, ones * 0.0}, 2));
  const Tensor x = sample({2, 8, 3}, 5), shorter = sample({2, 6, 3}, 6);
  BOOST_TEST(distance(layer.mix({.x = x}).y, x) < tiny);
  BOOST_TEST(distance(layer.mix({.x = shorter}).y, shorter) < tiny);
}

// On a ring no place is special: moving the series moves the result.
BOOST_AUTO_TEST_CASE(filters_and_correlation_move_with_the_series) {
  for (const char* name : {"gfnet", "fedformer", "auto-correlation"}) {
    const Subject subject(find(name), small_config());
    const Tensor x = sample({2, 16, width}, 7);
    for (const Index places : {Index{1}, Index{5}}) {
      BOOST_TEST(distance(subject(moved(x, places)), moved(subject(x), places)) < tiny, name);
    }
  }
  const FNet fnet({.width = width});
  const Tensor x = sample({2, 16, width}, 7);
  BOOST_TEST(distance(fnet.mix({.x = moved(x, 1)}).y, moved(fnet.mix({.x = x}).y, 1)) > 0.1);
}

BOOST_AUTO_TEST_CASE(auto_correlation_is_the_direct_sum) {
  for (const Index length : {Index{1}, Index{6}, Index{11}}) {
    const Tensor q = sample({2, 3, length, 4}, 8), k = sample({2, 3, length, 4}, 9);
    std::vector<Tensor> direct;
    for (Index lag = 0; lag < length; ++lag) {
      direct.push_back(mean(sum(roll(q, -lag, 2) * k, {2}), {2}));  // (2, 3)
    }
    BOOST_TEST(distance(correlation(q, k), stack(direct, 2)) < tiny);
  }
}

// q_t = k_{t - 3} agrees with k at lag 3, not at -3.
BOOST_AUTO_TEST_CASE(a_query_moved_on_by_three_has_lag_three) {
  const Tensor k = sample({1, 1, 12, 4}, 10);
  BOOST_TEST(argmax(correlation(roll(k, 3, 2), k), -1)[0] == 3);
  BOOST_TEST(argmax(correlation(k, roll(k, 3, 2)), -1)[0] == 9);
}

// The published matrix of one that reads `lags` lags of x, (T, T) of head 0.
Tensor implied(const AutoCorrelation& layer, const Tensor& x) {
  const MapRecorder recorder;
  layer.mix({.x = x});
  BOOST_REQUIRE(recorder.maps().size() == 1U);
  BOOST_TEST((recorder.maps()[0].kind == MapKind::implied));
  return select(select(recorder.maps()[0].weights, 0, 0), 0, 0);
}

BOOST_AUTO_TEST_CASE(a_period_is_found_in_all_its_multiples) {
  Generator rng(1);
  const AutoCorrelation layer({.width = 4, .heads = 1, .lags = 6}, rng);
  // Keys are queries, so that the series is compared with itself.
  const Tensor packed = parameter_of(layer, "in_proj_weight");  // (3 C, C)
  const Tensor q = slice(packed, 0, 0, 4), v = slice(packed, 0, 8, 12);
  packed.assign(concat({q, q, v}, 0).detach());
  const Tensor once = sample({1, 4, 4}, 11);
  const Tensor x = concat({once, once, once, once, once, once}, 1).detach();  // period 4 of 24
  const Tensor weights = implied(layer, x);
  for (Index t = 0; t < 24; ++t) {
    for (Index s = 0; s < 24; ++s) {
      const bool multiple = (s - t + 24) % 4 == 0;
      BOOST_REQUIRE((weights.data()[t * 24 + s] > 0) == multiple);
    }
  }
}

BOOST_AUTO_TEST_CASE(its_implied_matrix_makes_the_output) {
  Generator rng(1);
  for (const bool fixed : {false, true}) {
    const AutoCorrelation layer({.width = 4, .heads = 1, .lags = 3, .fixed = fixed}, rng);
    const Tensor x = sample({1, 10, 4}, 12), weights = implied(layer, x);
    const Tensor values = linear(x, slice(parameter_of(layer, "in_proj_weight"), 0, 8, 12),
                                 slice(parameter_of(layer, "in_proj_bias"), 0, 8, 12));
    const Tensor expected = linear(matmul(weights, values), parameter_of(layer, "out_proj.weight"),
                                   parameter_of(layer, "out_proj.bias"));
    BOOST_TEST(distance(layer.mix({.x = x}).y, expected) < tiny);
    for (Index lag = 0; fixed && lag < 10; ++lag) {
      BOOST_TEST((weights.data()[lag] > 0) == (lag < 3));
    }
  }
}

BOOST_AUTO_TEST_CASE(lags_grow_with_the_logarithm_of_the_length) {
  Generator rng(1);
  const AutoCorrelation by_factor({.width = 4, .factor = 2}, rng);
  const AutoCorrelation three({.width = 4, .lags = 3}, rng);
  BOOST_TEST(by_factor.lags_of(0) == 0);
  BOOST_TEST(by_factor.lags_of(1) == 1);
  BOOST_TEST(by_factor.lags_of(12) == 4);  // 2 ln 12 = 4.97
  BOOST_TEST(three.lags_of(12) == 3);
  BOOST_TEST(three.lags_of(2) == 2);
}

BOOST_AUTO_TEST_CASE(fedformer_with_all_modes_is_the_time_domain) {
  for (const Index length : {Index{8}, Index{9}}) {
    const Tensor x = sample({2, length, 6}, 13);
    const Tensor matrices = sample({length / 2 + 1, 2, 3, 3, 2}, 14);
    const Tensor kernel = irfft(matrices, length, 0);  // (L, H, D, D)
    const Tensor apart = permute(reshape(x, {2, length, 2, 3}), {0, 2, 1, 3});  // (B, H, L, D)
    Tensor direct = Tensor::zeros(apart.shape());
    for (Index s = 0; s < length; ++s) {
      direct = direct + matmul(roll(apart, s, 2), select(kernel, 0, s));
    }
    const Tensor expected = reshape(permute(direct, {0, 2, 1, 3}), x.shape());
    BOOST_TEST(distance(fourier_block(x, lowest_modes(length, 99), matrices), expected) < tiny);
  }
}

// One mode with R = 1: waves of it pass, the last one too, and no others.
BOOST_AUTO_TEST_CASE(a_kept_mode_passes_and_no_other) {
  const Tensor real = reshape(Tensor::eye(2), {1, 1, 2, 2, 1});
  const Tensor one = concat({real, real * 0.0}, 4);
  for (const std::int32_t kept : {3, 6}) {
    for (Index f = 0; f <= 6; ++f) {
      const Tensor x = wave(f, 12, 2, f == 6 ? 0 : 0.4);
      const Tensor expected = f == kept ? x : x * 0.0;
      BOOST_TEST(distance(fourier_block(x, Indices({kept}), one), expected) < tiny);
    }
  }
}

BOOST_AUTO_TEST_CASE(modes_are_chosen_once_and_in_order) {
  BOOST_TEST(lowest_modes(16, 3).values() == (std::vector<std::int32_t>{0, 1, 2}),
             boost::test_tools::per_element());
  const auto chosen = [](std::uint64_t seed) {
    const Indices modes = random_modes(64, 8, seed);
    return std::vector<std::int32_t>(modes.values().begin(), modes.values().end());
  };
  const std::vector<std::int32_t> modes = chosen(1);
  BOOST_REQUIRE(modes.size() == 8U);
  for (std::size_t i = 1; i < modes.size(); ++i) BOOST_TEST(modes[i - 1] < modes[i]);
  BOOST_TEST(modes.back() <= 32);
  BOOST_TEST(chosen(1) == modes, boost::test_tools::per_element());
  BOOST_TEST((chosen(2) != modes));
  BOOST_TEST(random_modes(16, 99, 1).size() == 9);
}

BOOST_AUTO_TEST_CASE(of_no_tokens_nothing_is_made) {
  for (const char* name : {"fnet", "gfnet", "auto-correlation", "fedformer"}) {
    const Subject subject(find(name), small_config());
    BOOST_TEST(subject(sample({2, 0, width}, 1)).shape() == (Shape{2, 0, width}), name);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused) {
  Generator rng(1);
  const GFNet filter({.width = 2, .length = 4}, rng);
  BOOST_CHECK_EXCEPTION(
      filter.mix({.x = sample({1, 5, 2}, 1)}), ShapeError,
      says<ShapeError>("[gfnet] x has 5 tokens, the filter 4 places\nhint: its length is that of "
                       "the longest sequence it will meet"));
  BOOST_CHECK_EXCEPTION(FNet({.width = 0}), ValueError,
                        says<ValueError>("[fnet] width must be at least 1, got 0"));
  BOOST_CHECK_EXCEPTION(
      Fedformer({.width = 6, .heads = 4, .length = 8, .modes = lowest_modes(8, 2)}, rng),
      ValueError,
      says<ValueError>("[fedformer] width 6 cannot be cut into 4 heads"));
  BOOST_CHECK_EXCEPTION(
      Fedformer({.width = 6, .length = 8, .modes = Indices({1, 5})}, rng), ValueError,
      says<ValueError>("[fedformer] 8 places have the frequencies 0 to 4: got 5"));
  const Tensor x = sample({1, 6, 4}, 1);
  BOOST_CHECK_EXCEPTION(
      fourier_block(x, Indices({4}), sample({1, 2, 2, 2, 2}, 2)), ValueError,
      says<ValueError>("[fourier_block] 6 places have the frequencies 0 to 3: got 4"));
  BOOST_CHECK_EXCEPTION(fourier_block(x, Indices({1}), sample({1, 3, 2, 2, 2}, 2)), ShapeError,
                        says<ShapeError>("[fourier_block] matrices (M, H, D, D, 2) must have H D = "
                                         "4: got (1, 3, 2, 2, 2)"));
  BOOST_CHECK_EXCEPTION(filtered(x, sample({3, 4, 2}, 2)), ShapeError,
                        says<ShapeError>("[filtered] filter must be (L / 2 + 1, C, 2) = (4, 4, 2), "
                                         "got (3, 4, 2)"));
  BOOST_CHECK_EXCEPTION(Fedformer({.width = 6, .length = 8}, rng), ValueError,
                        says<ValueError>("[fedformer] modes must be at least 1, got 0"));
  BOOST_CHECK_EXCEPTION(
      AutoCorrelation({.width = 4, .factor = 0}, rng), ValueError,
      says<ValueError>("[auto-correlation] needs a number of lags that is not negative and a "
                       "factor above 0: 0 and 0"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
