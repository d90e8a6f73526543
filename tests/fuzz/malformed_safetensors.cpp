#include <cstdint>

#include "nn/files/safetensors.h"
#include "tests/fuzz/malformed.h"

namespace heed_test {
namespace {

void read(std::span<const std::byte> bytes) { heed::nn::parse_safetensors(bytes, "f"); }

std::string with_length(std::uint64_t length, const std::string& rest) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(length >> (8 * i) & 0xff);
  return bytes + rest;
}

struct Row {
  const char* name;
  std::string header;
  std::size_t data_bytes;
  const char* error;  // without "[safetensors] f: byte "
};

// One tensor called a.
std::string one(const char* type, const char* shape, const char* offsets) {
  return std::string(R"({"a":{"dtype":")") + type + R"(","shape":)" + shape +
         R"(,"data_offsets":)" + offsets + "}}";
}

// One byte, called a.
const std::string a = R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]})";

std::vector<Row> wrong_text() {
  return {
      {"no brace", " {}", 0, "8: the header must start with {"},
      {"a list", "[]", 0, "8: the header must start with {"},
      {"a line end behind", "{}\n", 0, "10: the header must end with } and spaces"},
      {"another document behind", "{} {}", 0, "12: the header is not JSON"},
      {"nothing", "", 0, "8: the header must start with {"},
      {"only spaces", "   ", 0, "8: the header must start with {"},
      {"cut inside", R"({"a":{"dtype"})", 0, "22: the header is not JSON"},
      {"not UTF-8", "{\"\xff\":{}}", 0, "11: the header is not JSON"},
      {"a comma too many", R"({"__metadata__":{},})", 0, "28: the header is not JSON"},
      {"a comment", "{/**/}", 0, "10: the header is not JSON"},
      {"a name twice", "{" + a + "," + a + "}", 1, "64: 'a' comes twice"},
      {"a name twice and once escaped",
       "{" + a + R"(,"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})", 1,
       "69: 'a' comes twice"},
      {"a field twice", R"({"a":{"dtype":"U8","dtype":"F32"}})", 0, "34: 'a' has dtype twice"},
      {"metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0,
       "41: __metadata__ comes twice"},
      {"a metadata key twice", R"({"__metadata__":{"k":"1","k":"2"}})", 0,
       "36: the metadata 'k' comes twice"},
      {"a metadata key twice that commands the terminal",
       R"({"__metadata__":{"\u001b[2J":"","\u001b[2J":""}})", 0,
       "51: the metadata '?[2J' comes twice"},
  };
}

std::vector<Row> wrong_values() {
  return {
      {"metadata of a number", R"({"__metadata__":{"k":1}})", 0, "31: a number where none belongs"},
      {"metadata of an object", R"({"__metadata__":{"k":{}}})", 0,
       "30: an object where none belongs"},
      {"too deep", R"({"a":{"shape":[[)" + std::string(2000, '[') + "}", 0,
       "24: a list where none belongs"},
      {"an entry that is null", R"({"a":null})", 0, "17: null where none belongs"},
      {"an unknown field", R"({"a":{"stride":[1]}})", 0, "22: 'a' has an unknown key"},
      {"a field missing", R"({"a":{"dtype":"U8","shape":[0]}})", 0,
       "39: 'a' needs dtype, shape and data_offsets"},
      {"an unknown type", one("F8_E9M9", "[1]", "[0,1]"), 1,
       "31: 'a' has the unknown type F8_E9M9, whose size nobody can check"},
      {"an empty name", R"({"":{}})", 0,
       "11: a name must be 1 to 512 bytes without control characters"},
      {"a name of 513 bytes", "{\"" + std::string(513, 'n') + "\":{}}", 0,
       "524: a name must be 1 to 512 bytes without control characters"},
      {"a control character in a name", R"({"a\u0007":{}})", 0,
       "18: a name must be 1 to 512 bytes without control characters"},
      {"a control character beyond ASCII in a name", R"({"a\u009b":{}})", 0,
       "18: a name must be 1 to 512 bytes without control characters"},
  };
}

std::vector<Row> wrong_sizes() {
  return {
      {"nine axes", one("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]"), 1,
       "54: 'a' has more than 8 numbers here"},
      {"a negative extent", one("U8", "[-1]", "[0,1]"), 1, "39: a negative number"},
      {"an extent that is not whole", one("U8", "[1.5]", "[0,1]"), 1,
       "40: a number that is not whole"},
      {"an extent beyond 64 bits", one("U8", "[18446744073709551616]", "[0,1]"), 1,
       "57: a number beyond 64 bits"},
      {"an extent beyond 63 bits", one("U8", "[9223372036854775808]", "[0,1]"), 1,
       "56: the shape of 'a' is too large"},
      {"a product beyond 63 bits", one("U8", "[4294967296,4294967296]", "[0,0]"), 0,
       "58: the shape of 'a' is too large"},
      {"a product beyond 63 bits beside a zero", one("U8", "[0,4294967296,4294967296]", "[0,0]"), 0,
       "60: the shape of 'a' is too large"},
      {"a number of bytes beyond 64 bits", one("F64", "[2305843009213693952]", "[0,0]"), 0,
       "12: 'a' is too large"},
      {"numbers that end inside a byte", one("F4", "[3]", "[0,1]"), 1,
       "12: 'a' ends inside a byte: F4 of (3)"},
      {"numbers of 6 bits that end inside a byte", one("F6_E2M3", "[2]", "[0,1]"), 1,
       "12: 'a' ends inside a byte: F6_E2M3 of (2)"},
      {"fewer bytes than numbers of 6 bits fill", one("F6_E3M2", "[2,2]", "[0,2]"), 2,
       "12: 'a' has 2 bytes, and F6_E3M2 of (2, 2) needs 3"},
      {"one offset", one("U8", "[1]", "[0]"), 1, "57: 'a' needs two data_offsets"},
      {"three offsets", one("U8", "[1]", "[0,1,1]"), 1, "61: 'a' has more than 2 numbers here"},
      {"an end before the beginning", one("U8", "[1]", "[1,0]"), 1,
       "12: 'a' ends at 0, before it begins at 1"},
      {"an end beyond the file", one("U8", "[2]", "[0,2]"), 1,
       "12: 'a' ends at 2 of 1 bytes of data"},
      {"offsets that wrap", one("U8", "[2]", "[18446744073709551615,1]"), 1,
       "12: 'a' ends at 1, before it begins at 18446744073709551615"},
      {"fewer bytes than the shape", one("F32", "[2]", "[0,4]"), 4,
       "12: 'a' has 4 bytes, and F32 of (2) needs 8"},
      {"more bytes than the shape", one("F32", "[1]", "[0,8]"), 8,
       "12: 'a' has 8 bytes, and F32 of (1) needs 4"},
      {"a hole in front", one("U8", "[1]", "[1,2]"), 2,
       "12: 'a' begins at 1, and the tensors before it end at 0"},
      {"a hole between", "{" + a + R"(,"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})", 3,
       "64: 'b' begins at 2, and the tensors before it end at 1"},
      {"an overlap", "{" + a + R"(,"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1,
       "64: 'b' begins at 0, and the tensors before it end at 1"},
      {"bytes behind the last tensor", "{" + a + "}", 5,
       "8: the tensors cover 1 of 5 bytes of data"},
      {"bytes and no tensor", "{}", 1, "8: the tensors cover 0 of 1 bytes of data"},
  };
}

}  // namespace

std::vector<Malformed> malformed_safetensors() {
  std::vector<Malformed> files;
  const auto add = [&](const std::string& name, const std::string& bytes,
                       const std::string& error) {
    files.push_back({"safetensors/" + name, read, bytes, "[safetensors] f: byte " + error});
  };
  for (const auto& rows : {wrong_text(), wrong_values(), wrong_sizes()}) {
    for (const Row& row : rows) {
      add(row.name, with_length(row.header.size(), row.header + std::string(row.data_bytes, '\0')),
          row.error);
    }
  }
  add("an empty file", "", "0: a file of 0 bytes has no header length");
  add("a length cut short", std::string(3, '\2'), "3: a file of 3 bytes has no header length");
  add("a header longer than the file", with_length(3, "{}"),
      "0: a header of 3 bytes in a file of 10");
  add("a header length of all ones", with_length(~std::uint64_t{0}, "{}"),
      "0: a header of 18446744073709551615 bytes, and the limit is 16777216");
  add("a header beyond the limit", with_length((16u << 20) + 1, "{}"),
      "0: a header of 16777217 bytes, and the limit is 16777216");
  const std::string pickle =
      "0: a file of torch.save is a pickle, which runs code, and is not read\n"
      "hint: in Python, safetensors.torch.save_file(model.state_dict(), path)";
  add("a zip file of torch.save", std::string("PK\3\4\0\0\10\10", 8) + "and so on", pickle);
  add("a pickle", "\x80\2ctorch._utils", pickle);
  add("an array of NumPy", "\x93NUMPY\1\1 and so on",
      "0: an array of NumPy\nhint: nn::read_npy() of nn/files/npy.h reads it");
  add("a gzip", "\x1f\x8b\10\10 and so on", "0: packed with gzip\nhint: gunzip it first");
  add("an index of files", R"({"metadata": {}, "weight_map": {}})",
      "0: JSON, not tensors\nhint: an index names the files of a model in parts, which are loaded "
      "one by one");
  add("a pointer of git-lfs", "version https://git-lfs.github.com/spec/v1\n",
      "0: a pointer of git-lfs: the file was never fetched\nhint: git lfs pull");
  const std::string page =
      "0: a web page\nhint: the address of the file itself, not of the page that shows it";
  add("a web page", "<!DOCTYPE html>", page);
  add("a web page without a type", "<html></html>", page);
  add("a GGUF", std::string("GGUF\3\0\0\1", 8) + "and so on", "0: a GGUF file, which is not read");
  add("an HDF5", "\x89HDF\r\n\x1a\n and so on", "0: an HDF5 file, which is not read");
  return files;
}

}  // namespace heed_test
