// Sounds: every kind of sample, channels, chunks that are passed over.
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "autograd/errors.h"
#include "examples/data/wav.h"
#include "tests/data/scratch_folder.h"
#include "tests/data/wav_file.h"
#include "tests/framework/thrown.h"

namespace heed_test {

using namespace heed;
using data::parse_wav;

namespace {

std::vector<Real> samples_of(const WavFile& file) { return parse_wav(file.bytes(), "f").samples; }

}  // namespace

BOOST_AUTO_TEST_SUITE(wav)

BOOST_AUTO_TEST_CASE(samples_of_every_kind_lie_between_minus_one_and_one) {
  using Samples = std::vector<Real>;
  const std::string small("\x00\x80\xff", 3);
  BOOST_TEST((samples_of({.bits = 8, .data = small}) == Samples{-1, 0, Real(127.0 / 128)}));
  const std::string two("\x00\x80\x00\x40\xff\xff", 6);
  BOOST_TEST((samples_of({.bits = 16, .data = two}) == Samples{-1, 0.5, Real(-1.0 / 32768)}));
  const std::string three("\x00\x00\x80\x00\x00\x20", 6);
  BOOST_TEST((samples_of({.bits = 24, .data = three}) == Samples{-1, 0.25}));
  const std::string four("\x00\x00\x00\x80\x00\x00\x00\x40", 8);
  BOOST_TEST((samples_of({.bits = 32, .data = four}) == Samples{-1, 0.5}));
  const float numbers[] = {0.75F, -1.5F};
  std::string floats(8, '\0');
  std::memcpy(floats.data(), numbers, 8);
  BOOST_TEST((samples_of({.kind = 3, .bits = 32, .data = floats}) == Samples{0.75, -1.5}));
}

BOOST_AUTO_TEST_CASE(channels_are_averaged_and_other_chunks_passed_over) {
  const std::string data("\x00\x40\x00\x20\x00\xc0\x00\xc0", 8);
  WavFile file{.channels = 2, .bits = 16, .data = data};
  file.before = std::string("LIST\x03\x00\x00\x00" "abc" "\x00", 12);  // an odd size, and its pad
  const data::Sound sound = parse_wav(file.bytes(), "f");
  BOOST_TEST(sound.rate == 8000);
  BOOST_TEST((sound.samples == std::vector<Real>{0.375, -0.5}));
  file.extended = true;
  BOOST_TEST((samples_of(file) == std::vector<Real>{0.375, -0.5}));
}

BOOST_AUTO_TEST_CASE(from_a_file) {
  const ScratchFolder folder;
  const auto path = folder.write("a.wav", WavFile{.bits = 8, .data = "\x80\xc0"}.bytes());
  BOOST_TEST((data::read_wav(path).samples == std::vector<Real>{0, 0.5}));
  BOOST_CHECK_THROW(data::read_wav(folder.path() / "none.wav"), IoError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
