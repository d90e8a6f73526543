// Tokenizers: what the published algorithms give, frozen (compare.py), their parts, and refusals.
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "examples/tokenizers/byte_pairs.h"
#include "examples/tokenizers/specials.h"
#include "examples/tokenizers/unicode.h"
#include "examples/tokenizers/word_piece.h"
#include "tests/nn/throws.h"
#include "tests/tokenizers/hex.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::tokenizers;
using Words = std::vector<std::string>;

std::string frozen(const std::string& name) { return HEED_FROZEN_FOLDER "/" + name; }

// Every line of a file of expectations against the tokenizer.
template <class Tokenizer>
void expect_frozen(const std::string& name, const Tokenizer& tokenizer) {
  std::ifstream file(frozen(name));
  std::string line;
  int lines = 0;
  for (; std::getline(file, line); ++lines) {
    const std::size_t colon = line.find(':');
    BOOST_TEST_CONTEXT(line) {
      const std::string text = from_hex(line.substr(0, colon));
      BOOST_CHECK_EQUAL(joined(tokenizer.encode(text)), line.substr(colon + 1));
    }
  }
  BOOST_CHECK_EQUAL(lines, 81);
}

Vocabulary small() {
  return Vocabulary(
      {"[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "a", "##b", "!", "\u00e9"});
}

// All bytes, then what the merges make, then a special.
BytePairs small_pairs() {
  Words tokens;
  char32_t next = 0x100;
  for (int b = 0; b < 256; ++b) {
    const bool shows = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
    tokens.push_back(encoded(std::u32string(1, shows ? static_cast<char32_t>(b) : next++)));
  }
  for (const char* made : {"ab", "abc", "bc", "aa", "<|endoftext|>"}) tokens.emplace_back(made);
  return BytePairs(Vocabulary(tokens), {{"a", "b"}, {"ab", "c"}, {"b", "c"}, {"a", "a"}});
}

BOOST_AUTO_TEST_SUITE(tokenizers)

BOOST_AUTO_TEST_CASE(word_piece_as_published) {
  expect_frozen("word-piece.txt", WordPiece(read_vocabulary_lines(frozen("vocab.txt"))));
}

BOOST_AUTO_TEST_CASE(byte_pairs_as_published) {
  const BytePairs tokenizer(read_vocabulary_json(frozen("vocab.json")),
                            read_merges(frozen("merges.txt")));
  expect_frozen("byte-pairs.txt", tokenizer);
  std::ifstream file(frozen("byte-pairs.txt"));
  std::string line;
  while (std::getline(file, line)) {  // every text comes back, byte for byte
    const std::string text = from_hex(line.substr(0, line.find(':')));
    BOOST_CHECK_EQUAL(tokenizer.decode(tokenizer.encode(text)), text);
  }
}

BOOST_AUTO_TEST_CASE(the_longest_token_first) {
  const WordPiece tokenizer(small());
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("Unaffable!ab")), "3 4 5 8 6 7");
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("unx a")), "0 6");  // all of the word, or nothing
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("a[SEP]a [sep]")), "6 2 6 0 0 0");
  BOOST_CHECK_EQUAL(tokenizer.decode(tokenizer.encode("Unaffable! ab")), "unaffable ! ab");
  const Encoded both = tokenizer.with_marks("a", "ab");
  BOOST_CHECK_EQUAL(joined(both.ids), "1 6 2 6 7 2");
  BOOST_CHECK_EQUAL(joined(both.types), "0 0 0 1 1 1");
  BOOST_CHECK_EQUAL(joined(tokenizer.with_marks("").ids), "1 2");
  BOOST_CHECK_EQUAL(joined(WordPiece(small(), {.lowercase = false}).encode("\u00e9 A")), "9 0");
  BOOST_CHECK_EQUAL(joined(WordPiece(small(), {.longest_word = 1}).encode("ab a")), "0 6");
}

BOOST_AUTO_TEST_CASE(the_pair_that_stands_first) {
  const BytePairs tokenizer = small_pairs();
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("abc")), "257");
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("bcb")), "258 98");
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("aaaaa")), "259 259 97");
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("aab")), "97 256");
  BOOST_CHECK_EQUAL(joined(tokenizer.encode("a<|endoftext|>b")), "97 260 98");
  const std::string half = tokenizer.decode(std::vector<std::int32_t>{0xc3});
  BOOST_CHECK_EQUAL(half, "\xc3");  // a part of a character is a part of a text
  // A long word costs no more than its merges.
  BOOST_CHECK_EQUAL(tokenizer.encode(std::string(200000, 'a')).size(), 100000u);
}

BOOST_AUTO_TEST_CASE(words_of_a_text) {
  const auto words = [](const char* text) { return words_of(text); };
  BOOST_CHECK((words("I'll go") == Words{"I", "'ll", " go"}));
  BOOST_CHECK((words("a  b\n\nc ") == Words{"a", " ", " b", "\n", "\n", "c", " "}));
  BOOST_CHECK((words("x2 3!? 'LL") == Words{"x", "2", " 3", "!?", " '", "LL"}));
  BOOST_CHECK(words("").empty());
}

BOOST_AUTO_TEST_CASE(characters) {
  BOOST_CHECK(lower(U"\u00c4\u0130\u03a3Z1") == U"\u00e4i\u0307\u03c3z1");
  BOOST_CHECK(without_marks(U"\u00e9\u1e69e\u0301\u212b\uac01") == U"eseA\u1100\u1161\u11a8");
  BOOST_CHECK(kind_of(U'\u4e00') == Kind::letter && kind_of(U'\u0663') == Kind::number);
  BOOST_CHECK(kind_of(0x10ffff) == Kind::other && kind_of(0x200d) == Kind::control);
  for (const char* wrong : {"\x80", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xc3", "\xf0\x9f\x98", "\xff", "\xc3("}) {
    BOOST_CHECK_EQUAL(first_wrong_byte(wrong).value_or(9), 0u);
  }
  BOOST_CHECK(!first_wrong_byte("a\u00e9\u4e00\U0001f600"));
  BOOST_CHECK_EQUAL(encoded(decoded("a\u00e9\u4e00\U0001f600", "f")), "a\u00e9\u4e00\U0001f600");
}

BOOST_AUTO_TEST_CASE(specials_are_cut_out) {
  const auto pieces = cut_at_specials("a<b>c<b>d>", {"<b>", "<b>d"});
  BOOST_REQUIRE_EQUAL(pieces.size(), 5u);
  BOOST_CHECK_EQUAL(pieces[3].text, "<b>d");  // the longest
  BOOST_CHECK(pieces[3].special && !pieces[4].special);
}

BOOST_AUTO_TEST_CASE(refusals) {
  expect_throw<ValueError>([] { Vocabulary({"a", "a"}); }, "[Vocabulary] 'a' comes twice");
  expect_throw<ValueError>([] { small().at("b"); }, "[Vocabulary] there is no token 'b'");
  expect_throw<ValueError>([] { small().token(10); }, "[Vocabulary] there is no token 10 of 10");
  expect_throw<ValueError>([] { WordPiece(Vocabulary({"a"})); },
                           "[Vocabulary] there is no token '[UNK]'");
  expect_throw<ValueError>([] { WordPiece(small()).encode("a\xff"); },
                           "[WordPiece] byte 1 of the text is not UTF-8");
  expect_throw<ValueError>([] { small_pairs().encode("ab\xc3"); },
                           "[BytePairs] byte 2 of the text is not UTF-8");
  expect_throw_with<ValueError>([] { BytePairs(Vocabulary({"a"}), {}); }, "there is no token");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
