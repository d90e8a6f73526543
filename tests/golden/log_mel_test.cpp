// Mel filters and log-mel spectrograms against the transformers package.
#include <boost/test/unit_test.hpp>

#include "nn/log_mel.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

constexpr nn::LogMelOptions small{.n = 200, .hop = 80, .bands = 24, .rate = 8000};

BOOST_AUTO_TEST_SUITE(log_mel)

BOOST_AUTO_TEST_CASE(filters) {
  const Golden golden("log_mel");
  expect_close("filters", nn::mel_filters(small), golden["filters"], 1e-12);
}

BOOST_AUTO_TEST_CASE(spectrograms) {
  const Golden golden("log_mel");
  const Tensor sound = golden["input.sound"];
  // The package keeps its spectra in 32 bits, whatever it is given.
  expect_close("speech", nn::log_mel(sound), golden["output.speech"], 1e-7);
  expect_close("small", nn::log_mel(sound, small), golden["output.small"], 1e-7);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
