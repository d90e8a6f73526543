// Text: the digits, which are numbers between commas, and a corpus, which is any text.
#include "autograd/errors.h"
#include "examples/data/characters.h"
#include "examples/data/digits.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

constexpr std::string_view words[] = {"0,",   "16,",  "17,", "-1,", "nan,", "inf,",
                                      "1e1,", "0x1,", ".5,", "9\n", "\r\n", "\n"};

void read_digits(const std::string& text) {
  using heed::data::Digits;
  try {
    const Digits digits = heed::data::parse_digits(text, "f");
    require(std::ssize(digits.images) == digits.size() * Digits::pixels, "64 pixels an image");
    for (const heed::Real pixel : digits.images) require(pixel >= 0 && pixel <= 1, "grey values");
    for (const int label : digits.labels) require(label >= 0 && label < 10, "labels");
  } catch (const heed::FormatError&) {
  } catch (const heed::NonFiniteError&) {
  }
}

void read_corpus(const std::string& text) {
  try {
    const heed::data::CharCorpus corpus = heed::data::split_corpus(text);
    const std::string back =
        corpus.vocabulary.decode(corpus.train) + corpus.vocabulary.decode(corpus.validation);
    require(back == text, "the text comes back");
  } catch (const heed::FormatError&) {
  }
}

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  const std::string text = as_text(bytes);
  read_digits(text);
  read_corpus(text);
}

}  // namespace heed_test
