#include <zlib.h>

#include <algorithm>

#include "examples/data/characters.h"
#include "examples/data/digits.h"
#include "examples/data/gzip.h"
#include "examples/data/wav.h"
#include "examples/tokenizers/vocabulary.h"
#include "nn/files/checkpoint.h"
#include "nn/files/npy.h"
#include "tests/data/wav_file.h"
#include "tests/fuzz/malformed.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr std::size_t cap = 1000;

void unpack(std::span<const std::byte> bytes) { data::unpack_gzip(as_text(bytes), "f", cap); }
void read_digits(std::span<const std::byte> bytes) { data::parse_digits(as_text(bytes), "f"); }
void hear(std::span<const std::byte> bytes) { data::parse_wav(as_text(bytes), "f"); }
void split(std::span<const std::byte> bytes) { data::split_corpus(as_text(bytes)); }
// The metadata of a checkpoint, as a run that resumes reads it.
void read_step(std::span<const std::byte> bytes) {
  nn::exact_int(nn::parse_safetensors(bytes, "f"), "step");
}

std::string packed(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string changed(std::string bytes, std::size_t at, char to) {
  bytes[at] = to;
  return bytes;
}

// 64 pixels and a label.
std::string digit_line(const std::string& first_pixel, const std::string& label) {
  std::string line = first_pixel;
  for (int i = 1; i < 64; ++i) line += ",0";
  return line + "," + label + "\n";
}

std::string step_file(const char* step) {
  nn::TensorFile file;
  file.metadata = {{"step", step}};
  return as_text(nn::format_safetensors(file));
}

}  // namespace

std::vector<Malformed> malformed_data() {
  const std::string good = packed("to be or not to be");
  const std::string line = digit_line("0", "1");
  return {
      {"gzip/an empty file", unpack, "", "[read_gzip] f: cut off at byte 0"},
      {"gzip/another format", unpack, "PK\x03\x04 and so on",
       "[read_gzip] f: incorrect header check at byte 2"},
      {"gzip/a wrong method", unpack, changed(good, 2, 9),
       "[read_gzip] f: unknown compression method at byte 4"},
      {"gzip/a wrong checksum", unpack, changed(good, good.size() - 8, 'x'),
       "[read_gzip] f: incorrect data check at byte 31"},
      {"gzip/a wrong length", unpack, changed(good, good.size() - 4, 'x'),
       "[read_gzip] f: incorrect length check at byte 35"},
      {"gzip/something behind", unpack, good + "x", "[read_gzip] f: cut off at byte 36"},
      {"gzip/a bomb", unpack, packed(std::string(100'000, 'a')),
       "[read_gzip] f: unpacks to more than 1000 bytes at byte 90"},
      {"gzip/more packed than it may unpack to", unpack, std::string(3000, '\x1f'),
       "[read_gzip] f: more than 2149 bytes at byte 2149"},
      {"digits/no number", read_digits, digit_line("", "1"),
       "[load_digits] f: no number at byte 0"},
      {"digits/not whole", read_digits, digit_line("1.5", "1"),
       "[load_digits] f: 1.5 is not a whole number from 0 to 16 at byte 0"},
      {"digits/negative", read_digits, digit_line("-1", "1"),
       "[load_digits] f: -1 is not a whole number from 0 to 16 at byte 0"},
      {"digits/too dark", read_digits, digit_line("17", "1"),
       "[load_digits] f: 17 is not a whole number from 0 to 16 at byte 0"},
      {"digits/not a number", read_digits, digit_line("nan", "1"),
       "[load_digits] f: nan in image 0, byte 0"},
      {"digits/infinite", read_digits, line + digit_line("inf", "1"),
       "[load_digits] f: inf in image 1, byte 130"},
      {"digits/another label", read_digits, digit_line("0", "10"),
       "[load_digits] f: 10 is not a whole number from 0 to 9 at byte 128"},
      {"digits/a pixel too many", read_digits, digit_line("0,0", "1"),
       "[load_digits] f: no end of line at byte 129"},
      {"digits/a pixel too few", read_digits, "0,0,0\n", "[load_digits] f: no comma at byte 5"},
      {"digits/no line end", read_digits, line.substr(0, line.size() - 1),
       "[load_digits] f: no end of line at byte 129"},
      {"digits/a line end of elsewhere", read_digits, line.substr(0, line.size() - 1) + "\r\n",
       "[load_digits] f: no end of line at byte 129"},
      {"text/too short", split, std::string(99, 'a'),
       "[split_corpus] a text of 99 bytes is too short: at least 100, ends at byte 99"},
      {"checkpoint/no step", read_step, step_file(""),
       "[checkpoint] the metadata 'step' is no number: "},
      {"checkpoint/a step that is no number", read_step, step_file("12x"),
       "[checkpoint] the metadata 'step' is no number: 12x"},
      {"checkpoint/a step beyond 64 bits", read_step, step_file("9223372036854775808"),
       "[checkpoint] the metadata 'step' is no number: 9223372036854775808"},
      {"checkpoint/a step that commands the terminal", read_step, step_file("\x1b[2J"),
       "[checkpoint] the metadata 'step' is no number: ?[2J"},
  };
}

std::vector<Malformed> malformed_files() {
  std::vector<Malformed> all = malformed_safetensors();
  for (const auto& more :
       {malformed_npy(), malformed_data(), malformed_sounds(), malformed_tokens()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<Valid> valid_files() {
  nn::TensorFile tensors;
  tensors.metadata = {{"step", "7"}};
  tensors.tensors = {{"w", Tensor::ones({2, 2})}, {"ids", Indices({2}, {1, 2})}};
  const nn::StoredTensor array("x", Tensor::ones({3}));
  return {
      {"safetensors", [](auto bytes) { nn::parse_safetensors(bytes, "f"); },
       as_text(nn::format_safetensors(tensors))},
      {"npy", [](auto bytes) { nn::parse_npy(bytes, "f"); }, as_text(nn::format_npy(array))},
      {"gzip", unpack, packed("to be or not to be")},
      {"digits", read_digits, digit_line("16", "9")},
      {"text", split, std::string(100, 'a')},
      {"wav", hear, WavFile{.data = "abcd"}.bytes()},
      {"vocab.json", [](auto bytes) { tokenizers::parse_vocabulary_json(bytes, "f"); },
       R"({"a": 1, "\u0120b": 0})"},
  };
}

}  // namespace heed_test
