#include "examples/tasks/sequences/stacked_recall.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = recall_pairs, keys = 32, values = recall_values, length = 2 * pairs;

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> key, value, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen = rng.permutation(static_cast<std::int32_t>(keys));
    const std::vector<std::int32_t> asked = rng.permutation(static_cast<std::int32_t>(pairs));
    std::vector<std::int32_t> stored;
    for (std::size_t i = 0; i < static_cast<std::size_t>(pairs); ++i) {
      stored.push_back(rng.below(static_cast<std::int32_t>(values)));
      key.push_back(chosen[i]);
      value.push_back(stored.back());
      labels.push_back(models::not_asked);
    }
    for (const std::int32_t which : asked) {
      key.push_back(chosen[static_cast<std::size_t>(which)]);
      value.push_back(static_cast<std::int32_t>(values));  // none
      labels.push_back(stored[static_cast<std::size_t>(which)]);
    }
  }
  const Shape shape{batch, length};
  return {{Indices(shape, std::move(key)), Indices(shape, std::move(value))},
          Indices({batch, length, 1}, std::move(labels))};
}

}  // namespace

models::Tokens stacked_recall() {
  return {.vocabularies = {keys, values + 1}, .length = length, .answers = values,
          .positions = false, .draw = draw};
}

}  // namespace heed::tasks
