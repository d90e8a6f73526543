// A WAV file, byte by byte.
#pragma once

#include <cstdint>
#include <string>

namespace heed_test {

struct WavFile {
  std::uint32_t kind = 1, channels = 1, rate = 8000, bits = 16;
  std::string data = {};
  std::string before = {};  // chunks in front of the samples
  bool extended = false;    // the longer header, which names the kind at its end

  static std::string little(std::uint32_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
    return bytes;
  }
  std::string bytes() const {
    const std::uint32_t frame = channels * bits / 8;
    std::string format = little(extended ? 0xfffe : kind, 2) + little(channels, 2) +
                         little(rate, 4) + little(rate * frame, 4) + little(frame, 2) +
                         little(bits, 2);
    if (extended) format += little(22, 2) + little(bits, 2) + little(0, 4) + little(kind, 2) +
                            std::string(14, '\x11');
    const auto size = [](const std::string& text) {
      return little(static_cast<std::uint32_t>(text.size()), 4);
    };
    const std::string rest =
        "WAVEfmt " + size(format) + format + before + "data" + size(data) + data;
    return "RIFF" + size(rest) + rest;
  }
};

}  // namespace heed_test
