// Sounds in WAV files (RIFF, little-endian): whole numbers of 8, 16, 24 or 32 bits, or floats of
// 32, plain or with the extended header.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

struct Sound {
  double rate = 0;            // samples a second
  std::vector<Real> samples;  // in [-1, 1]; the mean over the channels
};

// Throws IoError when the file cannot be read, and FormatError with the byte where it stops being
// what it says: not a WAV, a chunk beyond its end, samples of another kind, none at all, a number
// that is not finite. Files above 256 MiB are refused.
Sound read_wav(const std::filesystem::path& file);
// The same from memory; `name` stands in the errors.
Sound parse_wav(std::string_view bytes, const std::string& name);

}  // namespace heed::inline HEED_REAL::data
