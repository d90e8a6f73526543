#include "examples/tasks/copying.h"

#include <iterator>

namespace heed::inline HEED_REAL::tasks {
namespace {

// Where the answer to question `group` at position i lies; -1: not asked.
using Source = Index (*)(Index i, Index group);

Index reversed(Index i, Index) { return copying_length - 1 - i; }
Index shifted(Index i, Index) { return (i + copying_length / 2) % copying_length; }  // i - 8 mod 16
Index two_back(Index i, Index) { return i < 2 ? -1 : i - 2; }
Index at_distance(Index i, Index group) { return i < distances[group] ? -1 : i - distances[group]; }

template <Source source, Index length, Index groups>
TokenBatch draw(Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens(static_cast<std::size_t>(batch * length));
  for (std::int32_t& token : tokens) token = rng.below(static_cast<std::int32_t>(copying_values));
  std::vector<std::int32_t> labels;
  labels.reserve(tokens.size() * static_cast<std::size_t>(groups));
  for (Index b = 0; b < batch; ++b) {
    for (Index i = 0; i < length; ++i) {
      for (Index g = 0; g < groups; ++g) {
        const Index from = source(i, g);
        labels.push_back(from < 0 ? not_asked
                                  : tokens[static_cast<std::size_t>(b * length + from)]);
      }
    }
  }
  return {{Indices({batch, length}, std::move(tokens))},
          Indices({batch, length, groups}, std::move(labels))};
}

template <Source source, Index length = copying_length, Index groups = 1>
TokenTask copying_task() {
  return {.vocabularies = {copying_values},
          .length = length,
          .groups = groups,
          .answers = copying_values,
          .positions = true,
          .source = source,
          .draw = draw<source, length, groups>};
}

}  // namespace

TokenTask reverse_task() { return copying_task<reversed>(); }
TokenTask shifted_copy_task() { return copying_task<shifted>(); }
TokenTask short_copy_task() { return copying_task<two_back>(); }
TokenTask distances_task() {
  return copying_task<at_distance, distances_length, static_cast<Index>(std::size(distances))>();
}

}  // namespace heed::inline HEED_REAL::tasks
