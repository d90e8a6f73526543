// A sound at another rate.
#include "examples/listen/resampled.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>

#include "autograd/ops.h"

namespace heed_test {

using namespace heed;

namespace {

// A tenth of a second of whole waves.
Tensor tone(double hertz, double rate) {
  std::vector<Real> samples(static_cast<std::size_t>(rate / 10));
  for (std::size_t t = 0; t < samples.size(); ++t) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(t) / rate;
    samples[t] = static_cast<Real>(std::sin(phase) + 0.25);
  }
  return Tensor({static_cast<Index>(samples.size())}, samples);
}

double largest_difference(const Tensor& a, const Tensor& b) { return max(abs(a - b)).item(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(resampling)

BOOST_AUTO_TEST_CASE(a_tone_is_the_same_tone_at_another_rate) {
  for (const double from : {8000.0, 11010.0, 16000.0, 44100.0}) {
    for (const double to : {8000.0, 16000.0, 22050.0}) {
      const Tensor made = listen::resampled(tone(3000, from), from, to);
      BOOST_TEST(made.dim(0) == std::llround(to / 10));
      BOOST_TEST(largest_difference(made, tone(3000, to)) < 1e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_new_rate_cannot_hold_is_left_out) {
  const Tensor made = listen::resampled(tone(5000, 16000), 16000, 8000);
  BOOST_TEST(largest_difference(made, Tensor::full({800}, Real(0.25))) < 1e-5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
