#include "examples/data/wav.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>

#include "autograd/errors.h"
#include "examples/data/text_file.h"
#include "nn/files/untrusted.h"

namespace heed::inline HEED_REAL::data {
namespace {

constexpr std::size_t largest_file = std::size_t{256} << 20;
constexpr std::uint32_t whole_numbers = 1, floats = 3, extended = 0xfffe;  // kinds of samples

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  // Little-endian, `size` bytes of it, 1 to 4.
  std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= std::uint32_t{static_cast<unsigned char>(bytes_[at + i])} << (8 * i);
    }
    return value;
  }
  std::string_view text(std::size_t at, std::size_t size) const { return bytes_.substr(at, size); }
  std::size_t size() const { return bytes_.size(); }

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw FormatError(fmt::format("[wav] {}: byte {}: {}", name_, at, what));
  }

 private:
  std::string_view bytes_;
  const std::string& name_;
};

// Where a chunk's content lies.
struct Chunk {
  std::size_t begin = 0, size = 0;
};

// How samples are written.
struct Format {
  std::uint32_t kind = 0, channels = 0, rate = 0, bits = 0;

  std::size_t frame() const { return std::size_t{channels} * (bits / 8); }
};

Format read_format(const Reader& in, const Chunk& chunk) {
  if (chunk.size < 16) in.fail(chunk.begin, fmt::format("a format of {} bytes", chunk.size));
  Format format{.kind = in.number(chunk.begin, 2),
                .channels = in.number(chunk.begin + 2, 2),
                .rate = in.number(chunk.begin + 4, 4),
                .bits = in.number(chunk.begin + 14, 2)};
  if (format.kind == extended && chunk.size >= 26) format.kind = in.number(chunk.begin + 24, 2);
  const std::uint32_t bits = format.bits;
  const bool known = (format.kind == whole_numbers &&
                      (bits == 8 || bits == 16 || bits == 24 || bits == 32)) ||
                     (format.kind == floats && bits == 32);
  if (!known) {
    in.fail(chunk.begin, fmt::format("samples of kind {} with {} bits: whole numbers (1) of 8, 16, "
                                     "24 or 32 bits and floats (3) of 32 are read",
                                     format.kind, bits));
  }
  if (format.channels == 0) in.fail(chunk.begin + 2, "no channels");
  if (format.rate == 0) in.fail(chunk.begin + 4, "no samples a second");
  return format;
}

// A sample in [-1, 1): small ones are unsigned.
double sample(const Reader& in, std::size_t at, const Format& format) {
  const std::size_t size = format.bits / 8;
  const std::uint32_t bits = in.number(at, size);
  if (format.kind == floats) {
    const double value = std::bit_cast<float>(bits);
    if (!std::isfinite(value)) in.fail(at, "a sample that is not finite");
    return value;
  }
  if (size == 1) return (static_cast<double>(bits) - 128) / 128;
  const auto high = static_cast<std::int32_t>(bits << (32 - format.bits));  // with its sign
  return static_cast<double>(high) / 2147483648.0;
}

}  // namespace

Sound parse_wav(std::string_view bytes, const std::string& name) {
  const Reader in(bytes, name);
  if (in.size() < 12 || in.text(0, 4) != "RIFF" || in.text(8, 4) != "WAVE") {
    in.fail(0, "not a WAV file: it begins with RIFF, a size and WAVE");
  }
  std::optional<Format> format;
  for (std::size_t at = 12; at + 8 <= in.size();) {
    const std::string_view kind = in.text(at, 4);
    const Chunk chunk{at + 8, in.number(at + 4, 4)};
    if (chunk.size > in.size() - chunk.begin) {
      in.fail(at, fmt::format("a chunk '{}' of {} bytes, and {} are left", nn::shown(kind),
                              chunk.size, in.size() - chunk.begin));
    }
    if (kind == "fmt ") format = read_format(in, chunk);
    if (kind == "data") {
      if (!format) in.fail(at, "samples before their format");
      const std::size_t frame = format->frame(), frames = chunk.size / frame;
      if (frames == 0) in.fail(at, "no samples");
      Sound sound{.rate = static_cast<double>(format->rate), .samples = {}};
      sound.samples.reserve(frames);
      for (std::size_t i = 0; i < frames; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < format->channels; ++c) {
          sum += sample(in, chunk.begin + i * frame + c * (format->bits / 8), *format);
        }
        sound.samples.push_back(static_cast<Real>(sum / format->channels));
      }
      return sound;
    }
    at = chunk.begin + chunk.size + chunk.size % 2;  // chunks begin at even bytes
  }
  in.fail(in.size(), "no samples");
}

Sound read_wav(const std::filesystem::path& file) {
  return parse_wav(read_text_file(file, largest_file), file.string());
}

}  // namespace heed::inline HEED_REAL::data
