#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "attention/catalog.h"

namespace heed::inline HEED_REAL::attention {

namespace {

Index edits(std::string_view a, std::string_view b) {
  std::vector<Index> row(b.size() + 1);
  std::iota(row.begin(), row.end(), Index{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    Index diagonal = row[0];
    row[0] = static_cast<Index>(i) + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const Index above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

const Row& find(std::string_view name) {
  std::vector<std::string> names;
  for (const Row& row : catalog()) {
    if (row.name == name || (!row.alias.empty() && row.alias == name)) return row;
    names.emplace_back(row.name);
    if (!row.alias.empty()) names.emplace_back(row.alias);
  }
  throw ValueError(fmt::format("[catalog] there is no mechanism '{}'\nhint: did you mean '{}'?",
                               name, nearest(name, names)));
}

std::string capabilities(const Row& row) {
  std::string text;
  const auto add = [&text](bool can, const char* what) {
    if (can) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  add(row.can.causal, "causal");
  add(row.can.padding, "padding");
  add(row.can.self, "self");
  add(row.can.cross, "cross");
  add(row.can.cache, "cache");
  add(row.can.map, "map");
  add(row.can.variable, "any length");
  add(row.can.pools, "pools");
  add(row.can.draws, "draws");
  return text;
}

std::string nearest(std::string_view name, const std::vector<std::string>& candidates) {
  std::string best;
  Index fewest = std::numeric_limits<Index>::max();
  for (const std::string& candidate : candidates) {
    const Index needed = edits(name, candidate);
    if (needed < fewest) {
      fewest = needed;
      best = candidate;
    }
  }
  return best;
}

}  // namespace heed::inline HEED_REAL::attention
