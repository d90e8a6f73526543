// The 8x8 digits: 1,797 grey images of handwritten digits by 13 writers.
// Kaynak and Alpaydin 1998, "Optical Recognition of Handwritten Digits", UCI repository, CC BY 4.0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::data {

struct Digits {
  static constexpr Index side = 8;
  static constexpr Index pixels = side * side;
  static constexpr Index classes = 10;

  std::vector<Real> images;          // (N, 64): row by row, from 0 (paper) to 1 (ink)
  std::vector<std::int32_t> labels;  // (N): 0 to 9

  Index size() const { return static_cast<Index>(labels.size()); }
  std::span<const Real> image(Index i) const {
    return std::span<const Real>(images).subspan(static_cast<std::size_t>(i * pixels), pixels);
  }
};

// In the order of the file, which is sorted by writer: the test images are by other hands, so this
// split is harder than a shuffled one (nearest neighbour .961 against .983).
struct DigitsSplit {
  Digits train;  // the first 1,257
  Digits test;   // the last 540
};

// The format of `text`, which is UCI's own: a line an image, 64 whole numbers from 0 to 16 and the
// label, separated by commas. `name` is for messages. Throws FormatError with the byte offset;
// NonFiniteError naming file and index on a NaN or an infinity.
Digits parse_digits(const std::string& text, const std::string& name);

// Reads optdigits.tes.gz where find_data() finds it. Throws IoError, FormatError, NonFiniteError.
DigitsSplit load_digits(const std::string& data_dir = "");

}  // namespace heed::inline HEED_REAL::data
