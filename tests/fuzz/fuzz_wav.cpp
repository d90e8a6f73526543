// Sounds: as many samples as the bytes can hold, and all of them numbers.
#include <cmath>

#include "autograd/errors.h"
#include "examples/data/wav.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

constexpr std::string_view words[] = {"RIFF", "WAVE", "fmt ", "data", "LIST", "\xfe\xff"};

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  try {
    const heed::data::Sound sound = heed::data::parse_wav(as_text(bytes), "f");
    require(sound.rate > 0, "a rate");
    require(!sound.samples.empty(), "samples");
    require(sound.samples.size() <= bytes.size(), "no more of them than bytes");
    for (const heed::Real value : sound.samples) require(std::isfinite(value), "a finite sample");
  } catch (const heed::FormatError&) {
  }
}

}  // namespace heed_test
