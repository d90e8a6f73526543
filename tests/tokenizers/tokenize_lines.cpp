// Lines of hex digits in, the same with their token ids out: compare.py asks.
//
//   tokenize_lines word-piece vocab.txt | byte-pairs vocab.json merges.txt
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>

#include "examples/tokenizers/byte_pairs.h"
#include "examples/tokenizers/word_piece.h"
#include "tests/tokenizers/hex.h"

namespace {

using namespace heed::tokenizers;

std::function<std::vector<std::int32_t>(const std::string&)> tokenizer_of(int argc, char** argv) {
  const std::string kind = argc > 2 ? argv[1] : "";
  if (kind == "word-piece") {
    const auto made = std::make_shared<WordPiece>(read_vocabulary_lines(argv[2]));
    return [made](const std::string& text) { return made->encode(text); };
  }
  if (kind == "byte-pairs" && argc > 3) {
    const auto made =
        std::make_shared<BytePairs>(read_vocabulary_json(argv[2]), read_merges(argv[3]));
    return [made](const std::string& text) { return made->encode(text); };
  }
  throw heed::ValueError("[tokenize_lines] word-piece VOCAB, or byte-pairs VOCAB MERGES");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto encode = tokenizer_of(argc, argv);
    std::string line;
    while (std::getline(std::cin, line)) {
      std::cout << line << ':' << heed_test::joined(encode(heed_test::from_hex(line))) << '\n';
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
