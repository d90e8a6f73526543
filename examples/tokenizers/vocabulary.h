// The tokens of a tokenizer, numbered; and the files they are published in, read strictly:
// vocab.txt (BERT), vocab.json and merges.txt (GPT-2).
//
// All readers take a path, or bytes with the name that stands in errors. They throw IoError when a
// file cannot be read, and FormatError, with path and byte, when it is not what it says: empty or
// larger than 64 MiB, not UTF-8, a token that is empty, that comes twice or is longer than 1024
// bytes, a number that is missing or comes twice, a line that is no pair.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::tokenizers {

class Vocabulary {
 public:
  // Token i is tokens[i]. Throws ValueError when one comes twice.
  explicit Vocabulary(std::vector<std::string> tokens);

  std::int32_t size() const { return static_cast<std::int32_t>(tokens_.size()); }
  std::optional<std::int32_t> find(std::string_view token) const;
  // Throws ValueError when there is no such token or number.
  std::int32_t at(std::string_view token) const;
  const std::string& token(std::int32_t id) const;

 private:
  std::vector<std::string> tokens_;
  std::unordered_map<std::string, std::int32_t> ids_;
};

// One token a line; the number is that of the line.
Vocabulary read_vocabulary_lines(const std::string& path);
Vocabulary parse_vocabulary_lines(std::span<const std::byte> bytes, const std::string& name);

// {"token": number, ...} with every number from 0 on.
Vocabulary read_vocabulary_json(const std::string& path);
Vocabulary parse_vocabulary_json(std::span<const std::byte> bytes, const std::string& name);

// Pairs of tokens, "left right" a line, the first to be merged first; a first line that begins with
// #version is passed over.
using Merges = std::vector<std::pair<std::string, std::string>>;
Merges read_merges(const std::string& path);
Merges parse_merges(std::span<const std::byte> bytes, const std::string& name);

}  // namespace heed::inline HEED_REAL::tokenizers
