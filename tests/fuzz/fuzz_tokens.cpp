// Files of tokenizers, and texts: what is read makes tokenizers that give every text back.
#include "autograd/errors.h"
#include "examples/tokenizers/byte_pairs.h"
#include "examples/tokenizers/unicode.h"
#include "examples/tokenizers/word_piece.h"
#include "tests/fuzz/target.h"

namespace heed_test {
namespace {

using namespace heed::tokenizers;

constexpr std::string_view words[] = {"#version: 0.2\n", "\"a\": 0", "{", "}", " ", "\n", "##",
                                      "[UNK]\n", "[CLS]", "<|endoftext|>", "\u00e9", "\u4e00"};

// All bytes and what the merges make of them.
std::optional<BytePairs> with_merges(const Merges& merges) {
  std::vector<std::string> tokens;
  char32_t next = 0x100;
  for (char32_t b = 0; b < 256; ++b) {
    const bool shows = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
    tokens.push_back(encoded(std::u32string(1, shows ? b : next++)));
  }
  for (const auto& [left, right] : merges) tokens.push_back(left + right);
  try {
    return BytePairs(Vocabulary(tokens), merges);
  } catch (const heed::ValueError&) {  // a token twice, or parts that are none
    return std::nullopt;
  }
}

}  // namespace

const std::span<const std::string_view> dictionary = words;

void try_to_read(std::span<const std::byte> bytes) {
  const std::string text(as_text(bytes));
  try {
    const Vocabulary vocabulary = parse_vocabulary_lines(bytes, "f");
    require(vocabulary.at(vocabulary.token(0)) == 0, "the first token");
    if (vocabulary.find("[UNK]")) {
      for (const std::int32_t id : WordPiece(vocabulary).encode(text)) vocabulary.token(id);
    }
  } catch (const heed::FormatError&) {
  }
  try {
    const Vocabulary vocabulary = parse_vocabulary_json(bytes, "f");
    for (std::int32_t id = 0; id < vocabulary.size(); ++id) {
      require(vocabulary.at(vocabulary.token(id)) == id, "every number");
    }
  } catch (const heed::FormatError&) {
  }
  try {
    const auto tokenizer = with_merges(parse_merges(bytes, "f"));
    if (!tokenizer) return;
    require(tokenizer->decode(tokenizer->encode(text)) == text, "the text comes back");
  } catch (const heed::FormatError&) {
  }
}

}  // namespace heed_test
