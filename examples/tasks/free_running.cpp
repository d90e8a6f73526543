#include "examples/tasks/free_running.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr auto separator = static_cast<std::int32_t>(word_values);

TokenBatch draw(Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens, labels;
  for (Index b = 0; b < batch; ++b) {
    std::vector<std::int32_t> word(static_cast<std::size_t>(word_length));
    for (std::int32_t& token : word) token = rng.below(static_cast<std::int32_t>(word_values));
    tokens.insert(tokens.end(), word.begin(), word.end());
    tokens.push_back(separator);
    tokens.insert(tokens.end(), word.begin(), word.end());
    labels.insert(labels.end(), static_cast<std::size_t>(word_length), not_asked);
    labels.insert(labels.end(), word.begin(), word.end());
    labels.push_back(not_asked);  // the text ends here
  }
  return {{Indices({batch, repeated_length}, std::move(tokens))},
          Indices({batch, repeated_length, 1}, std::move(labels))};
}

}  // namespace

TokenTask free_running_task() {
  return {.vocabularies = {word_values + 1},
          .length = repeated_length,
          .groups = 1,
          .answers = word_values,
          .positions = true,
          .source = nullptr,
          .draw = draw};
}

}  // namespace heed::inline HEED_REAL::tasks
