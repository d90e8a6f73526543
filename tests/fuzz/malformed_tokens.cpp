#include "examples/tokenizers/vocabulary.h"
#include "tests/fuzz/malformed.h"

namespace heed_test {
namespace {

using namespace heed::tokenizers;
using Bytes = std::span<const std::byte>;

struct Row {
  const char* name;
  std::string bytes;
  const char* error;  // behind "[<kind>] f: byte "
};

void add(std::vector<Malformed>& files, const std::string& kind, const Read& read,
         const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const std::string error = "[" + kind + "] f: byte " + row.error;
    files.push_back({kind + "/" + row.name, read, row.bytes, error});
  }
}

}  // namespace

std::vector<Malformed> malformed_tokens() {
  const std::string wide(1025, 'a');
  std::vector<Malformed> files;
  add(files, "vocab.txt", [](Bytes bytes) { parse_vocabulary_lines(bytes, "f"); },
      {{"nothing", "", "0: an empty file"},
       {"an empty line", "a\n\nb\n", "2: an empty token"},
       {"an empty line of DOS", "a\r\n\r\nb", "3: an empty token"},
       {"a token twice", "a\nb\na\n", "4: 'a' comes twice"},
       {"no UTF-8", "a\n\xff\n", "2: not UTF-8"},
       {"a character cut short", "a\n\xc3", "2: not UTF-8"},
       {"a token too long", "a\n" + wide, "2: a token of 1025 bytes"}});
  add(files, "vocab.json", [](Bytes bytes) { parse_vocabulary_json(bytes, "f"); },
      {{"nothing", "", "0: an empty file"},
       {"a list", "[1]", "1: a list where a number belongs"},
       {"a number alone", "12", "2: no object"},
       {"an object inside", R"({"a":{"b":0}})", "6: an object inside"},
       {"a list inside", R"({"a":[0]})", "6: a list where a number belongs"},
       {"a text", R"({"a":"b"})", "8: a text where a number belongs"},
       {"a negative number", R"({"a":-1})", "8: a negative number"},
       {"a fraction", R"({"a":0.5})", "9: a number that is not whole"},
       {"a number beyond 64 bits", R"({"a":18446744073709551616})",
        "26: a number that is not whole"},
       {"null", R"({"a":null})", "9: null where a number belongs"},
       {"true", R"({"a":true})", "9: true or false where a number belongs"},
       {"a token twice", R"({"a":0,"\u0061":1})", "18: 'a' comes twice"},
       {"a number twice", R"({"a":0,"b":0})", "13: two tokens have the number 0"},
       {"a number left out", R"({"a":0,"b":2})", "13: the number 2 of 2 tokens"},
       {"an empty token", R"({"":0})", "3: an empty token"},
       {"half a surrogate", R"({"\ud800":0})", "9: not JSON"},
       {"cut short", R"({"a":0)", "6: not JSON"},
       {"something behind", R"({"a":0}x)", "8: not JSON"}});
  add(files, "merges.txt", [](Bytes bytes) { parse_merges(bytes, "f"); },
      {{"nothing", "", "0: an empty file"},
       {"one token", "#version: 0.2\na\n", "14: a line is two tokens with a space between them"},
       {"three tokens", "a b c\n", "0: a line is two tokens with a space between them"},
       {"an empty line", "a b\n\n", "4: a line is two tokens with a space between them"},
       {"nothing on the left", " b\n", "0: an empty token"},
       {"nothing on the right", "a \n", "0: an empty token"},
       {"a pair twice", "a b\nc d\na b\n", "8: the pair comes twice"},
       {"a version inside", "a b\n#version: 0.2 x\n",
        "4: a line is two tokens with a space between them"},
       {"no UTF-8", "a \xff\n", "2: not UTF-8"},
       {"a token too long", "a " + wide, "0: a token of 1025 bytes"}});
  return files;
}

}  // namespace heed_test
