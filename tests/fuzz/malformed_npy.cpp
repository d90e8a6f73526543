#include "nn/files/npy.h"
#include "tests/fuzz/malformed.h"

namespace heed_test {
namespace {

void read(std::span<const std::byte> bytes) { heed::nn::parse_npy(bytes, "f"); }

struct Row {
  const char* name;
  std::string header;
  std::size_t data_bytes;
  const char* error;  // without "[npy] f: byte "
};

// The three items in NumPy's order.
std::string items(const char* descr, const char* order, const char* shape) {
  return std::string("{'descr': ") + descr + ", 'fortran_order': " + order + ", 'shape': " + shape +
         ", }\n";
}
std::string typed(const char* descr) { return items(descr, "False", "(1,)"); }
std::string shaped(const char* shape) { return items("'|u1'", "False", shape); }

std::vector<Row> wrong_types() {
  return {
      {"objects", typed("'|O'"), 4,
       "24: an array of objects is a pickle, which runs code; only plain numbers are read"},
      {"a structured type", typed("[('x', '<f4')]"), 4,
       "20: a structured array; only plain numbers are read"},
      {"a type with a shape", typed("('<f4', (2,))"), 8,
       "20: a structured array; only plain numbers are read"},
      {"raw bytes", typed("'|V4'"), 4, "25: a structured array; only plain numbers are read"},
      {"big-endian", typed("'>f4'"), 4,
       "25: '>f4' is big-endian; save x.astype(x.dtype.newbyteorder('<'))"},
      {"the machine's byte order", typed("'=f4'"), 4,
       "25: the type '=f4' is not one of <f2, <f4, <f8, <i4, <i8, |u1, |b1"},
      {"complex numbers", typed("'<c8'"), 8,
       "25: the type '<c8' is not one of <f2, <f4, <f8, <i4, <i8, |u1, |b1"},
      {"text", typed("'<U4'"), 16,
       "25: the type '<U4' is not one of <f2, <f4, <f8, <i4, <i8, |u1, |b1"},
      {"a long type that commands the terminal", typed("'\x1b[2J\x07'"), 4,
       "27: the type '?[2J?' is not one of <f2, <f4, <f8, <i4, <i8, |u1, |b1"},
      {"a type that is a number", typed("4"), 4, "20: no text for descr"},
      {"a type without an end", typed("'<f4"), 4,
       "27: the type '<f4, ' is not one of <f2, <f4, <f8, <i4, <i8, |u1, |b1"},
      {"an order that is no truth value", items("'|u1'", "0", "(1,)"), 1,
       "44: fortran_order is neither True nor False"},
      {"an order that begins as one", items("'|u1'", "Falsehood", "(1,)"), 1,
       "49: no , or } after an item"},
  };
}

std::vector<Row> wrong_shapes() {
  return {
      {"a shape that is a list", shaped("[1]"), 1, "60: the shape is not a tuple"},
      {"a shape that is a number", shaped("1"), 1, "60: the shape is not a tuple"},
      {"a shape without its comma", shaped("(1)"), 1, "63: a shape of one extent needs a comma"},
      {"a shape of a comma", shaped("(,)"), 1, "61: no extent"},
      {"two commas in a shape", shaped("(1,,1)"), 1, "63: no extent"},
      {"no comma in a shape", shaped("(1 1)"), 1, "63: no , or ) after an extent"},
      {"a shape without an end", "{'shape': (1, ", 1, "24: no extent"},
      {"a negative extent", shaped("(-1,)"), 1, "61: a negative extent"},
      {"an extent that is not whole", shaped("(1.0,)"), 1, "62: no , or ) after an extent"},
      {"an extent with a suffix", shaped("(1L,)"), 1, "62: no , or ) after an extent"},
      {"an extent in octal", shaped("(01,)"), 1, "61: an extent begins with 0"},
      {"an extent beyond 64 bits", shaped("(18446744073709551616,)"), 1,
       "61: the shape is too large"},
      {"an extent beyond 63 bits", shaped("(9223372036854775808,)"), 1,
       "82: the shape is too large"},
      {"a product beyond 63 bits", shaped("(4294967296, 4294967296)"), 1,
       "84: the shape is too large"},
      {"a product beyond 63 bits beside a zero", shaped("(0, 4294967296, 4294967296)"), 0,
       "87: the shape is too large"},
      {"a number of bytes beyond 64 bits", items("'<f8'", "False", "(2305843009213693952,)"), 0,
       "86: 0 bytes of values, and F64 of (2305843009213693952) needs more than can be counted"},
      {"nine axes", shaped("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), 1, "85: more than 8 extents"},
      {"fewer bytes than the shape", shaped("(2,)"), 1,
       "68: 1 bytes of values, and U8 of (2) needs 2"},
      {"more bytes than the shape", shaped("(2,)"), 3,
       "68: 3 bytes of values, and U8 of (2) needs 2"},
  };
}

std::vector<Row> wrong_grammar() {
  return {
      {"a key twice", "{'descr': '|u1', 'descr': '<f8'}\n", 1, "34: descr comes twice"},
      {"another key", "{'descr': '|u1', 'strides': (1,)}\n", 1,
       "36: the key 'strides' is not one of descr, fortran_order and shape"},
      {"a key missing", "{'descr': '|u1', 'shape': (1,)}\n", 1,
       "41: the header needs descr, fortran_order and shape"},
      {"a key that is no text", "{descr: '|u1'}\n", 1, "11: no text for a key"},
      {"no colon", "{'descr' '|u1'}\n", 1, "19: no :"},
      {"no comma", "{'descr': '|u1' 'shape': (1,)}\n", 1, "26: no , or } after an item"},
      {"code", "__import__('os').system('true')\n", 1, "10: no {"},
      {"no dict", "\n", 1, "10: no {"},
      {"no end", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)", 1,
       "64: no , or } after an item"},
      {"no line end", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} ", 1,
       "66: only spaces and one line end may follow the }"},
      {"something behind the dict", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} and\n",
       1, "66: only spaces and one line end may follow the }"},
      {"a zero byte behind the dict",
       "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}" + std::string(1, '\0') + "\n", 1,
       "65: only spaces and one line end may follow the }"},
  };
}

std::string preamble(const char* version, std::size_t length_bytes, std::size_t length) {
  std::string bytes = "\x93NUMPY";
  bytes += version[0];
  bytes += version[1];
  for (std::size_t i = 0; i < length_bytes; ++i) {
    bytes += static_cast<char>(length >> (8 * i) & 0xff);
  }
  return bytes;
}

}  // namespace

std::vector<Malformed> malformed_npy() {
  std::vector<Malformed> files;
  const auto add = [&](const std::string& name, const std::string& bytes,
                       const std::string& error) {
    files.push_back({"npy/" + name, read, bytes, "[npy] f: byte " + error});
  };
  for (const auto& rows : {wrong_types(), wrong_shapes(), wrong_grammar()}) {
    for (const Row& row : rows) {
      add(row.name,
          preamble("\1\0", 2, row.header.size()) + row.header + std::string(row.data_bytes, '\0'),
          row.error);
    }
  }
  add("an empty file", "", "0: a file of 0 bytes has no header");
  add("another format", "GIF89a and so on", "0: the file does not start with \\x93NUMPY");
  add("several arrays", "PK\x03\x04 and so on",
      "0: the file does not start with \\x93NUMPY\n"
      "hint: a .npz is a zip of several arrays: np.save one of them");
  add("a magic that is wrong at its end", "\x93NUMPX and so on",
      "5: the file does not start with \\x93NUMPY");
  add("version 3", preamble("\3\0", 4, 2) + "{}\n", "6: version 3.0, and 1.0 and 2.0 are read");
  add("version 1.1", preamble("\1\1", 2, 2) + "{}\n", "6: version 1.1, and 1.0 and 2.0 are read");
  add("a header longer than the file", preamble("\1\0", 2, 4) + "{}\n",
      "8: a header of 4 bytes in a file of 13");
  add("a header of 4 GiB", preamble("\2\0", 4, 0xffffffff) + "{}\n",
      "8: a header of 4294967295 bytes, and the limit is 65536");
  add("a header beyond the limit", preamble("\2\0", 4, 65537) + std::string(70'000, ' '),
      "8: a header of 65537 bytes, and the limit is 65536");
  return files;
}

}  // namespace heed_test
