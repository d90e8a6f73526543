#include "examples/look/reading.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "autograd/ops.h"
#include "nn/similarity.h"

namespace heed::look {
namespace {

std::string small(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  return text;
}

// (W, T): 1 where the token is part of the word.
Tensor parts(const Reading& reading) {
  const std::size_t tokens = reading.tokens.size();
  std::vector<Real> ones(reading.words.size() * tokens);
  for (std::size_t t = 0; t < tokens; ++t) ones[reading.word_of[t] * tokens + t] = 1;
  return Tensor({static_cast<Index>(reading.words.size()), static_cast<Index>(tokens)}, ones);
}

}  // namespace

Tensor Reading::between_words(std::size_t layer) const {
  const Tensor to = parts(*this), from = to / sum(to, {1}, true);
  return matmul(matmul(from, maps.at(layer)), transpose(to));
}

Tensor Reading::summary() const { return nn::normalize(mean(hidden, {0})); }

std::vector<std::size_t> Reading::find(const std::string& word) const {
  std::vector<std::size_t> found;
  for (std::size_t w = 0; w < words.size(); ++w) {
    if (small(words[w]) == small(word)) found.push_back(w);
  }
  if (found.empty()) {
    throw ValueError(fmt::format("[look] the text has no word '{}'\nhint: its words are {}", word,
                                 fmt::join(words, " ")));
  }
  return found;
}

std::vector<Link> strongest_heads(const Reading& reading, std::size_t from, std::size_t count) {
  const std::size_t words = reading.words.size();
  std::vector<Link> links;
  for (std::size_t layer = 0; layer < reading.maps.size(); ++layer) {
    const Tensor map = reading.between_words(layer);  // (H, W, W)
    for (std::size_t head = 0; head < static_cast<std::size_t>(map.dim(0)); ++head) {
      const auto row = map.values().subspan((head * words + from) * words, words);
      Link best{.layer = layer, .head = head};
      for (std::size_t to = 0; to < words; ++to) {
        if (to == from || reading.marks[to] || row[to] <= best.weight) continue;
        best.to = to;
        best.weight = row[to];
      }
      if (best.weight > 0) links.push_back(best);
    }
  }
  std::ranges::stable_sort(links, std::greater(), &Link::weight);
  links.resize(std::min(count, links.size()));
  return links;
}

}  // namespace heed::look
