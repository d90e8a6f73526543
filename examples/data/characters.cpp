#include "examples/data/characters.h"

#include <fmt/format.h>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::data {

CharVocabulary::CharVocabulary(std::string_view text) {
  ids_.fill(-1);
  for (const char c : text) ids_[static_cast<unsigned char>(c)] = 0;
  for (std::size_t c = 0; c < ids_.size(); ++c) {
    if (ids_[c] < 0) continue;
    ids_[c] = static_cast<std::int32_t>(characters_.size());
    characters_ += static_cast<char>(c);
  }
}

std::string CharVocabulary::stored() const {
  std::string text;
  for (const char c : characters_) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

std::vector<std::int32_t> CharVocabulary::encode(std::string_view text) const {
  std::vector<std::int32_t> ids;
  ids.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (ids_[byte] < 0) {
      throw ValueError(fmt::format("[encode] character 0x{:02x} at {} is not one of the {} known",
                                   byte, ids.size(), size()));
    }
    ids.push_back(ids_[byte]);
  }
  return ids;
}

std::string CharVocabulary::decode(std::span<const std::int32_t> ids) const {
  std::string text;
  text.reserve(ids.size());
  for (const std::int32_t id : ids) {
    if (id < 0 || id >= size()) {
      throw ValueError(fmt::format("[decode] id {} is not in [0, {})", id, size()));
    }
    text += characters_[static_cast<std::size_t>(id)];
  }
  return text;
}

CharCorpus split_corpus(std::string_view text, const std::string& name) {
  if (text.size() < 100) {
    throw FormatError(
        fmt::format("[split_corpus] {} of {} bytes is too short: at least 100, ends at byte {}",
                    name, text.size(), text.size()));
  }
  const std::size_t train = text.size() * 9 / 10;
  CharVocabulary vocabulary(text);
  const std::vector<std::int32_t> ids = vocabulary.encode(text);
  const auto split = ids.begin() + static_cast<std::ptrdiff_t>(train);
  return {vocabulary, {ids.begin(), split}, {split, ids.end()}};
}

}  // namespace heed::inline HEED_REAL::data
