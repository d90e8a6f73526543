#include "nn/files/name_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// From the first * on: its text, then the rest. `texts` are those of the * before.
bool match_from(std::string_view pattern, std::string_view name, std::vector<std::string>& texts) {
  const std::size_t literal = std::min(pattern.find('*'), pattern.size());
  if (name.substr(0, literal) != pattern.substr(0, literal)) return false;
  if (literal == pattern.size()) return name.size() == literal;
  const std::string_view rest = pattern.substr(literal + 1);
  for (std::size_t length = 0; literal + length <= name.size(); ++length) {
    texts.emplace_back(name.substr(literal, length));
    if (match_from(rest, name.substr(literal + length), texts)) return true;
    texts.pop_back();
  }
  return false;
}

}  // namespace

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view name) {
  std::vector<std::string> texts;
  if (!match_from(pattern, name, texts)) return std::nullopt;
  return texts;
}

std::string filled(std::string_view pattern, const std::vector<std::string>& texts) {
  std::string name;
  std::size_t next = 0;
  for (const char c : pattern) {
    if (c == '*') {
      name += texts.at(next++);
    } else {
      name += c;
    }
  }
  return name;
}

NameMap& NameMap::rename(const std::string& from, const std::string& to) {
  return add({NameRule::Kind::rename, {from}, {to}});
}

NameMap& NameMap::join(const std::vector<std::string>& from, const std::string& to, int axis,
                       Absent absent) {
  return add({NameRule::Kind::join, from, {to}, axis, absent});
}

NameMap& NameMap::split(const std::string& from, const std::vector<std::string>& to, int axis) {
  return add({NameRule::Kind::split, {from}, to, axis});
}

NameMap& NameMap::transpose(const std::string& name) {
  return add({NameRule::Kind::transpose, {name}, {name}});
}

NameMap& NameMap::add(NameRule rule) {
  const auto stars = [](const std::string& pattern) {
    return std::count(pattern.begin(), pattern.end(), '*');
  };
  if (rule.from.empty() || rule.to.empty()) throw ValueError("[NameMap] a rule without names");
  for (const std::string& to : rule.to) {
    for (const std::string& from : rule.from) {
      // Parts of a join find each other by their texts, so that all have as many.
      const bool same = rule.kind != NameRule::Kind::join || stars(from) == stars(rule.from[0]);
      if (same && stars(to) <= stars(from)) continue;
      throw ValueError(
          fmt::format("[NameMap] '{}' has {} times *, and '{}' has {}", to, stars(to),
                      same ? from : rule.from[0], stars(same ? from : rule.from[0])));
    }
  }
  rules_.push_back(std::move(rule));
  return *this;
}

}  // namespace heed::inline HEED_REAL::nn
