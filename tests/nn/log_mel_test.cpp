// What a model hears: bands and log-mel spectrograms. Values stand beside the transformers
// package's in tests/golden/.
#include "nn/log_mel.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numbers>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr nn::LogMelOptions small{.n = 200, .hop = 80, .bands = 24, .rate = 8000};

// A sine.
Tensor tone(double hertz, Index samples) {
  std::vector<Real> values;
  for (Index t = 0; t < samples; ++t) {
    const double turns = hertz * static_cast<double>(t) / small.rate;
    values.push_back(static_cast<Real>(std::sin(2 * std::numbers::pi * turns)));
  }
  return {{samples}, values};
}

BOOST_AUTO_TEST_SUITE(log_mel)

BOOST_AUTO_TEST_CASE(filters_are_triangles_beside_each_other) {
  const Tensor filters = nn::mel_filters(small);  // (24, 101)
  BOOST_REQUIRE(filters.shape() == (Shape{24, 101}));
  Index before = -1;
  for (Index band = 0; band < 24; ++band) {
    Index peak = 0;
    int turns = 0;
    for (Index k = 0; k < 101; ++k) {
      const Real here = filters.data()[band * 101 + k];
      BOOST_REQUIRE(here >= 0);
      if (here > filters.data()[band * 101 + peak]) peak = k;
      if (k > 0 && k < 100) {
        const Real last = filters.data()[band * 101 + k - 1],
                   next = filters.data()[band * 101 + k + 1];
        turns += here > last && here >= next ? 1 : 0;
      }
    }
    BOOST_TEST(turns == 1);
    BOOST_TEST(peak > before);
    before = peak;
  }
  BOOST_TEST(nn::mel_filters({.bands = 128}).dim(0) == 128);  // what large-v3 hears
  // Up to 1000 Hz a band is as wide as the next one; from there on they grow.
  const auto width = [&](Index band) {
    Index count = 0;
    for (Index k = 0; k < 101; ++k) count += filters.data()[band * 101 + k] > 0 ? 1 : 0;
    return count;
  };
  BOOST_TEST(std::abs(static_cast<double>(width(2) - width(7))) <= 1);
  BOOST_TEST(width(23) > 2 * width(2));
}

// The band whose triangle is highest at a tone hears it best.
BOOST_AUTO_TEST_CASE(a_tone_is_loudest_in_its_band) {
  const Tensor filters = nn::mel_filters(small);
  const Indices best = argmax(filters, 0);  // (101): the band of each frequency
  for (const Index k : {8, 13, 20, 40, 64, 90}) {
    const Tensor heard = nn::log_mel(tone(static_cast<double>(k) * 40, 800), small);  // (24, 10)
    const Indices loudest = argmax(heard, 0);                                         // (10)
    for (Index frame = 2; frame < 8; ++frame) BOOST_TEST(loudest[frame] == best[k]);
  }
}

BOOST_AUTO_TEST_CASE(frames_and_loudness) {
  Generator rng(1);
  const Tensor x = rng.normal({3, 820});
  const Tensor heard = nn::log_mel(x, small);
  BOOST_TEST(heard.shape() == (Shape{3, 24, 10}));
  // Ten times as loud is a hundred times the power: 2 in the logarithm, and a quarter of it here.
  const Tensor louder = nn::log_mel(x * 10.0, small);
  BOOST_TEST(static_cast<double>(max(abs(louder - heard - 0.5)).item()) < 1e-4);
  // Each sound is held to its own loudest, not to that of another one.
  const Tensor alone = nn::log_mel(slice(x, 0, 1, 2), small);
  const Tensor beside = nn::log_mel(concat({x * 1e4, slice(x, 0, 1, 2) * 1e-4}, 0), small);
  BOOST_TEST(static_cast<double>(max(abs(slice(beside, 0, 3, 4) - alone + 2.0)).item()) < 1e-4);
  // Nothing is more than 8 below it: 2 after the division. Silence is -10 before it.
  const Tensor half = concat({slice(x, 1, 0, 400), Tensor::zeros({3, 400})}, 1);
  const Tensor quiet = nn::log_mel(half, small);
  BOOST_TEST(static_cast<double>(max(quiet).item() - min(quiet).item()) < 2.5);
  BOOST_TEST(static_cast<double>(min(nn::log_mel(Tensor::zeros({800}), small)).item()) == -1.5,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(derivatives) {
  if (sizeof(Real) != 8) return;
  Generator rng(2);
  const nn::LogMelOptions tiny{.n = 16, .hop = 8, .bands = 3, .rate = 1000};
  gradcheck("log_mel", [&](const std::vector<Tensor>& v) { return nn::log_mel(v[0], tiny); },
            {rng.normal({2, 32})});
}

BOOST_AUTO_TEST_CASE(what_makes_no_spectrogram_is_refused) {
  expect_throw<ShapeError>([] { nn::log_mel(Tensor::zeros({2, 100}), {}); },
                           "[log_mel] x (2, 100) has no frame: it takes 201 samples");
  expect_throw<ShapeError>([] { nn::log_mel(Tensor::zeros({200}), {}); },
                           "[log_mel] x (200) has no frame: it takes 201 samples");
  expect_throw<ShapeError>([] { nn::log_mel(Tensor::zeros({120}), {.n = 200, .hop = 160}); },
                           "[log_mel] x (120) has no frame: it takes 160 samples");
  expect_throw<ShapeError>([] { nn::log_mel(Tensor::scalar(1), {}); },
                           "[log_mel] x () has no frame: it takes 201 samples");
  BOOST_TEST(nn::log_mel(Tensor::zeros({201})).shape() == (Shape{80, 1}));
  BOOST_TEST(nn::log_mel(Tensor::zeros({0, 201})).shape() == (Shape{0, 80, 1}));
  expect_throw<ValueError>([] { nn::log_mel(Tensor::zeros({800}), {.bands = 0}); },
                           "[log_mel] bands must be at least 1, got 0");
  expect_throw<ValueError>([] { nn::mel_filters({.rate = 0}); },
                           "[mel_filters] rate must be at least 1 and finite, got 0");
  expect_throw<ValueError>(
      [] { nn::mel_filters({.n = 64, .bands = 40, .rate = 8000}); },
      "[mel_filters] band 1 of 40, from 0 to 114 Hz, holds none of the frequencies of a frame of "
      "64 samples, which are 125 Hz apart\nhint: fewer bands, or longer frames");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
