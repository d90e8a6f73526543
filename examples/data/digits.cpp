#include "examples/data/digits.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "autograd/errors.h"
#include "examples/data/find_data.h"
#include "examples/data/gzip.h"

namespace heed::inline HEED_REAL::data {
namespace {

constexpr Index train_size = 1257;
constexpr Index test_size = 540;

// Walks over the numbers of the text and knows where it is.
class Reader {
 public:
  Reader(const std::string& text, const std::string& name) : text_(text), name_(name) {}

  bool at_end() const { return at_ == text_.size(); }

  // A whole number from 0 to `most`, and the `separator` behind it.
  int number(int most, char separator, Index index) {
    const char* begin = text_.data() + at_;
    double value = 0;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("no number");
    if (!std::isfinite(value)) {
      throw NonFiniteError(
          fmt::format("[load_digits] {}: {} in image {}, byte {}", name_, value, index, at_));
    }
    if (value < 0 || value > most || value != std::floor(value)) {
      fail(fmt::format("{} is not a whole number from 0 to {}", value, most));
    }
    at_ = static_cast<std::size_t>(end - text_.data());
    if (at_ == text_.size() || text_[at_] != separator) {
      fail(separator == ',' ? "no comma" : "no end of line");
    }
    ++at_;
    return static_cast<int>(value);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(fmt::format("[load_digits] {}: {} at byte {}", name_, what, at_));
  }

  const std::string& text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

Digits part(const Digits& all, Index first, Index count) {
  const auto image = all.images.begin() + first * Digits::pixels;
  const auto label = all.labels.begin() + first;
  return {{image, image + count * Digits::pixels}, {label, label + count}};
}

}  // namespace

Digits parse_digits(const std::string& text, const std::string& name) {
  Digits digits;
  Reader reader(text, name);
  while (!reader.at_end()) {
    const Index index = digits.size();
    for (Index i = 0; i < Digits::pixels; ++i) {
      digits.images.push_back(static_cast<Real>(reader.number(16, ',', index)) / 16);
    }
    digits.labels.push_back(reader.number(static_cast<int>(Digits::classes) - 1, '\n', index));
  }
  return digits;
}

DigitsSplit load_digits(const std::string& data_dir) {
  const auto file = find_data("optdigits.tes.gz", data_dir);
  const std::string text = read_gzip(file, std::size_t{4} << 20);
  const Digits all = parse_digits(text, file.string());
  if (all.size() != train_size + test_size) {
    throw FormatError(fmt::format("[load_digits] {}: {} images must be {}, at byte {}",
                                  file.string(), all.size(), train_size + test_size, text.size()));
  }
  return {part(all, 0, train_size), part(all, train_size, test_size)};
}

}  // namespace heed::inline HEED_REAL::data
