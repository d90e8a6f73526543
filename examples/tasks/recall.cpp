#include "examples/tasks/recall.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr auto no_value =
    static_cast<std::int32_t>(recall_values);  // what a query carries for a value

TokenBatch draw(Index batch, Generator& rng) {
  std::vector<std::int32_t> keys, values, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen =
        rng.permutation(static_cast<std::int32_t>(recall_keys));
    const std::vector<std::int32_t> asked =
        rng.permutation(static_cast<std::int32_t>(recall_pairs));
    std::vector<std::int32_t> stored;
    for (std::size_t i = 0; i < static_cast<std::size_t>(recall_pairs); ++i) {
      stored.push_back(rng.below(static_cast<std::int32_t>(recall_values)));
      keys.push_back(chosen[i]);
      values.push_back(stored.back());
      labels.push_back(not_asked);
    }
    for (const std::int32_t which : asked) {
      keys.push_back(chosen[static_cast<std::size_t>(which)]);
      values.push_back(no_value);
      labels.push_back(stored[static_cast<std::size_t>(which)]);
    }
  }
  const Shape shape{batch, 2 * recall_pairs};
  return {{Indices(shape, std::move(keys)), Indices(shape, std::move(values))},
          Indices({batch, 2 * recall_pairs, 1}, std::move(labels))};
}

}  // namespace

TokenTask recall_task() {
  return {.vocabularies = {recall_keys, recall_values + 1},
          .length = 2 * recall_pairs,
          .groups = 1,
          .answers = recall_values,
          .positions = false,
          .source = nullptr,
          .draw = draw};
}

}  // namespace heed::inline HEED_REAL::tasks
