#include "autograd/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace heed::inline HEED_REAL {

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

bool is_near(std::string_view name, std::string_view candidate) {
  const Index needed = edits(name, candidate), letters = static_cast<Index>(name.size());
  return needed < letters && needed <= std::max<Index>(2, letters / 3);
}

std::string name_hint(std::string_view name, const std::vector<std::string>& candidates) {
  if (candidates.empty()) return "";
  const std::string best = nearest(name, candidates);
  if (is_near(name, best)) return fmt::format("\nhint: did you mean '{}'?", best);
  if (candidates.size() == 1) return fmt::format("\nhint: there is only '{}'", best);
  return fmt::format("\nhint: there are {}", fmt::join(candidates, ", "));
}

}  // namespace heed::inline HEED_REAL
