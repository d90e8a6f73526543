#include "examples/data/wav.h"
#include "tests/data/wav_file.h"
#include "tests/fuzz/malformed.h"
#include "tests/fuzz/target.h"

namespace heed_test {

using namespace heed;

namespace {

void hear(std::span<const std::byte> bytes) { data::parse_wav(as_text(bytes), "f"); }

}  // namespace

std::vector<Malformed> malformed_sounds() {
  return {
      {"wav/another file", hear, "ID3\x04 and so on",
       "[wav] f: byte 0: not a WAV file: it begins with RIFF, a size and WAVE"},
      {"wav/samples of another kind", hear, WavFile{.kind = 7, .bits = 8, .data = "ab"}.bytes(),
       "[wav] f: byte 20: samples of kind 7 with 8 bits: whole numbers (1) of 8, 16, 24 or 32 bits "
       "and floats (3) of 32 are read"},
      {"wav/of 12 bits", hear, WavFile{.bits = 12, .data = "ab"}.bytes(),
       "[wav] f: byte 20: samples of kind 1 with 12 bits: whole numbers (1) of 8, 16, 24 or 32 "
       "bits and floats (3) of 32 are read"},
      {"wav/no channels", hear, WavFile{.channels = 0, .data = "ab"}.bytes(),
       "[wav] f: byte 22: no channels"},
      {"wav/no rate", hear, WavFile{.rate = 0, .data = "ab"}.bytes(),
       "[wav] f: byte 24: no samples a second"},
      {"wav/empty", hear, WavFile{}.bytes(), "[wav] f: byte 36: no samples"},
      {"wav/less than a frame", hear, WavFile{.channels = 2, .data = "abc"}.bytes(),
       "[wav] f: byte 36: no samples"},
      {"wav/cut", hear, WavFile{.data = "abcd"}.bytes().substr(0, 46),
       "[wav] f: byte 36: a chunk 'data' of 4 bytes, and 2 are left"},
      {"wav/only a format", hear, WavFile{}.bytes().substr(0, 36), "[wav] f: byte 36: no samples"},
      {"wav/a short format", hear, "RIFF....WAVEfmt " + WavFile::little(4, 4) + "abcd",
       "[wav] f: byte 20: a format of 4 bytes"},
      {"wav/samples before their format", hear,
       "RIFF....WAVEdata" + WavFile::little(2, 4) + "ab",
       "[wav] f: byte 12: samples before their format"},
      {"wav/not finite", hear,
       WavFile{.kind = 3, .bits = 32, .data = std::string("\0\0\xc0\x7f", 4)}.bytes(),
       "[wav] f: byte 44: a sample that is not finite"},
  };
}

}  // namespace heed_test
