// Recall of operators: tokens that carry a key and an operator, then tokens that carry a key and an
// argument; each asks what the operator stored with its key makes of its argument. What was found
// and what was asked have to be multiplied, as the operator is a permutation and no value: an
// output gate does that where they meet, without it the network behind has to. Qiu et al. 2025,
// "Gated attention for large language models", arXiv 2505.06708.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = 8, keys = 16;
constexpr std::int32_t values = 16;  // arguments, answers, and operators: adding 0 to 15 modulo 16

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> key, carried, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen = rng.permutation(static_cast<std::int32_t>(keys));
    const std::size_t first = carried.size();
    for (std::size_t i = 0; i < static_cast<std::size_t>(pairs); ++i) {
      key.push_back(chosen[i]);
      carried.push_back(rng.below(values));
      labels.push_back(models::not_asked);
    }
    for (const std::int32_t which : rng.permutation(static_cast<std::int32_t>(pairs))) {
      const std::int32_t argument = rng.below(values);
      key.push_back(chosen[static_cast<std::size_t>(which)]);
      labels.push_back((carried[first + static_cast<std::size_t>(which)] + argument) % values);
      carried.push_back(values + argument);
    }
  }
  const Shape shape{batch, 2 * pairs};
  return {{Indices(shape, std::move(key)), Indices(shape, std::move(carried))},
          Indices({batch, 2 * pairs, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {keys, 2 * values}, .length = 2 * pairs, .answers = values,
          .positions = false, .draw = draw};
}

}  // namespace

study::Task recall_of_operators() {
  return {.name = "recall-of-operators",
          .title = "apply the operator stored with a key to an argument",
          .what = "Eight tokens carry a key and an operator, eight a key and an argument. What was "
                  "found has to be multiplied with what was asked, which a gate does.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 600, .lr = 1e-2},
          .chance = 1.0 / values,
          .floor = study::mode_floor(pairs, values),
          .level = 0.97,
          .seconds = 1,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "output-gate"}},
          .beside = {{.mechanism = "multihead",
                      .why = "Without a gate the network behind the attention has to multiply. It "
                             "learns to, later: here it is behind in every seed, and with 1,000 "
                             "steps level."}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
