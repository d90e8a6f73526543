#include "examples/tokenizers/vocabulary.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/errors.h"
#include "examples/tokenizers/unicode.h"
#include "nn/files/byte_source.h"
#include "nn/files/counting_iterator.h"
#include "nn/files/untrusted.h"

namespace heed::inline HEED_REAL::tokenizers {
namespace {

constexpr std::size_t most_bytes = std::size_t{64} << 20;
constexpr std::size_t longest_token = 1024;

[[noreturn]] void wrong(const char* kind, const std::string& name, std::size_t byte,
                        const std::string& what) {
  throw FormatError(fmt::format("[{}] {}: byte {}: {}", kind, name, byte, what));
}

std::vector<std::byte> all_of(const char* kind, const std::string& path) {
  const nn::FileDescriptor file(path, O_RDONLY, nn::system_calls());
  const nn::ByteSource source = nn::byte_source(file);
  if (source.length > most_bytes) wrong(kind, path, most_bytes, "more than 64 MiB");
  return nn::bytes_from(source, 0);
}

// The bytes as text, after what holds for all files.
std::string_view checked_text(const char* kind, std::span<const std::byte> bytes,
                              const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() > most_bytes) wrong(kind, name, most_bytes, "more than 64 MiB");
  if (text.empty()) wrong(kind, name, 0, "an empty file");
  if (const auto byte = first_wrong_byte(text)) wrong(kind, name, *byte, "not UTF-8");
  return text;
}

void check_token(const char* kind, const std::string& name, std::size_t byte,
                 std::string_view token) {
  if (token.empty()) wrong(kind, name, byte, "an empty token");
  if (token.size() > longest_token) {
    wrong(kind, name, byte, fmt::format("a token of {} bytes", token.size()));
  }
}

// Calls use(line, byte) for each; a line end at the end ends the last one.
template <class Use>
void each_line(std::string_view text, Use&& use) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    use(line, at);
    at = end + 1;
  }
}

// Receives the JSON piece by piece, so that a token that comes twice is seen. The public functions
// are those that the parser calls.
class TokenReader {
 public:
  TokenReader(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  std::vector<std::string> tokens() {
    const nn::CountingIterator begin{text_.data(), &furthest_};
    const nn::CountingIterator end{text_.data() + text_.size(), &furthest_};
    nlohmann::json::sax_parse(begin, end, this);
    std::vector<std::string> tokens(ids_.size());
    std::vector<bool> taken(ids_.size());
    for (auto& [token, id] : ids_) {
      if (id >= ids_.size()) fail(fmt::format("the number {} of {} tokens", id, ids_.size()));
      if (taken[id]) fail(fmt::format("two tokens have the number {}", id));
      taken[id] = true;
      tokens[id] = token;
    }
    return tokens;
  }

  bool start_object(std::size_t) {
    if (depth_++ > 0) fail("an object inside");
    return true;
  }
  bool end_object() { return true; }
  bool key(std::string& token) {
    check_token("vocab.json", name_, byte(), token);
    token_ = token;
    return true;
  }
  bool number_unsigned(std::uint64_t id) {
    if (depth_ == 0) fail("no object");
    if (!ids_.emplace(token_, id).second) {
      fail(fmt::format("'{}' comes twice", nn::shown(token_)));
    }
    return true;
  }
  bool number_integer(std::int64_t) { fail("a negative number"); }
  bool number_float(double, const std::string&) { fail("a number that is not whole"); }
  bool string(std::string&) { fail("a text where a number belongs"); }
  bool start_array(std::size_t) { fail("a list where a number belongs"); }
  bool end_array() { return true; }
  bool boolean(bool) { fail("true or false where a number belongs"); }
  bool null() { fail("null where a number belongs"); }
  bool binary(nlohmann::json::binary_t&) { fail("binary data"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) {
    fail("not JSON");
  }

 private:
  std::size_t byte() const { return static_cast<std::size_t>(furthest_ - text_.data()); }
  [[noreturn]] void fail(const std::string& what) const {
    wrong("vocab.json", name_, byte(), what);
  }

  std::string_view text_;
  const std::string& name_;
  const char* furthest_ = text_.data();
  int depth_ = 0;
  std::string token_;
  std::unordered_map<std::string, std::uint64_t> ids_;
};

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {
  std::int32_t id = 0;
  for (const std::string& token : tokens_) {
    if (!ids_.emplace(token, id++).second) {
      throw ValueError(fmt::format("[Vocabulary] '{}' comes twice", nn::shown(token)));
    }
  }
}

std::optional<std::int32_t> Vocabulary::find(std::string_view token) const {
  const auto found = ids_.find(std::string(token));
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::int32_t Vocabulary::at(std::string_view token) const {
  if (const auto id = find(token)) return *id;
  throw ValueError(fmt::format("[Vocabulary] there is no token '{}'", nn::shown(token)));
}

const std::string& Vocabulary::token(std::int32_t id) const {
  if (id >= 0 && id < size()) return tokens_[static_cast<std::size_t>(id)];
  throw ValueError(fmt::format("[Vocabulary] there is no token {} of {}", id, size()));
}

Vocabulary parse_vocabulary_lines(std::span<const std::byte> bytes, const std::string& name) {
  constexpr const char* kind = "vocab.txt";
  std::vector<std::string> tokens;
  std::set<std::string_view> seen;
  each_line(checked_text(kind, bytes, name), [&](std::string_view line, std::size_t byte) {
    check_token(kind, name, byte, line);
    if (!seen.insert(line).second) {
      wrong(kind, name, byte, fmt::format("'{}' comes twice", nn::shown(line)));
    }
    tokens.emplace_back(line);
  });
  return Vocabulary(std::move(tokens));
}

Vocabulary parse_vocabulary_json(std::span<const std::byte> bytes, const std::string& name) {
  return Vocabulary(TokenReader(checked_text("vocab.json", bytes, name), name).tokens());
}

Merges parse_merges(std::span<const std::byte> bytes, const std::string& name) {
  constexpr const char* kind = "merges.txt";
  Merges merges;
  std::set<std::string_view> seen;
  each_line(checked_text(kind, bytes, name), [&](std::string_view line, std::size_t byte) {
    if (byte == 0 && line.starts_with("#version")) return;
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) {
      wrong(kind, name, byte, "a line is two tokens with a space between them");
    }
    check_token(kind, name, byte, line.substr(0, space));
    check_token(kind, name, byte, line.substr(space + 1));
    if (!seen.insert(line).second) wrong(kind, name, byte, "the pair comes twice");
    merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  });
  return merges;
}

Vocabulary read_vocabulary_lines(const std::string& path) {
  return parse_vocabulary_lines(all_of("vocab.txt", path), path);
}

Vocabulary read_vocabulary_json(const std::string& path) {
  return parse_vocabulary_json(all_of("vocab.json", path), path);
}

Merges read_merges(const std::string& path) {
  return parse_merges(all_of("merges.txt", path), path);
}

}  // namespace heed::inline HEED_REAL::tokenizers
