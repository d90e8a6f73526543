#include "examples/tasks/sequences/strided_recall.h"

#include <memory>
#include <utility>

#include "examples/models/encoder.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = 16, choices = pairs / recall_stride, keys = 32, values = 32;
constexpr Index length = 2 * pairs;

models::TokenBatch draw(const models::Tokens& tokens, Index batch, Generator& rng) {
  std::vector<std::int32_t> key, value, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen = rng.permutation(static_cast<std::int32_t>(keys));
    std::vector<std::int32_t> stored;
    for (Index i = 0; i < length; ++i) {
      if (i < pairs) {
        stored.push_back(rng.below(static_cast<std::int32_t>(values)));
        key.push_back(chosen[static_cast<std::size_t>(i)]);
        value.push_back(stored.back());
        labels.push_back(models::not_asked);
        continue;
      }
      const Index choice = rng.below(static_cast<std::int32_t>(choices));
      const auto from = static_cast<std::size_t>(tokens.sources->of(i, choice));
      key.push_back(chosen[from]);
      value.push_back(static_cast<std::int32_t>(values));  // none
      labels.push_back(stored[from]);
    }
  }
  const Shape shape{batch, length};
  return {{Indices(shape, std::move(key)), Indices(shape, std::move(value))},
          Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens(WhereOf where) {
  models::Tokens made{.vocabularies = {keys, values + 1}, .length = length, .answers = values,
                      .draw = draw};
  made.sources = study::Sources{.length = length, .groups = choices, .answers = values,
                                .of = where};
  return made;
}

}  // namespace

Index one_of(Index position, Index remainder, Index choice) {
  return position < pairs ? -1 : choice * recall_stride + remainder % recall_stride;
}

study::Task recall_where(WhereOf where) {
  return {.what = "16 tokens carry a key and a value, then 16 keys come alone; each asks for its "
                  "value, which stands where a sparse pattern looks, or where it does not.",
          .metric = "accuracy",
          .settings = {.heads = 2, .causal = true, .steps = 500},
          .chance = 1.0 / values,
          .floor = study::mode_floor(choices, values),  // the pairs that may be meant, as a bag
          .level = 0.99,
          .seconds = 1.5,
          .needs = study::Needs{.self = true, .causal = true},
          .sources = tokens(where).sources,
          .make = [where](const study::Setup& setup, Generator& rng) {
            return std::make_unique<models::TokenStudy>(tokens(where), setup, rng);
          }};
}

}  // namespace heed::tasks
