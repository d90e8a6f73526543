// Recall across segments where key and value are two tokens: the first segment holds five pairs,
// one after the other, and asks for six keys; the second asks for sixteen. Two layers are needed,
// one that puts a key beside its value and one that finds it, and the first learns from the
// questions of its own segment: through the memory no gradient comes. Dai et al. 2019,
// "Transformer-XL", arXiv 1901.02860, section 3.2.
#include "examples/tasks/sequences/segments.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = 5, asked_at_once = segment - 2 * pairs, length = 2 * segment;
constexpr std::int32_t keys = 32, values = 16;  // tokens: the keys, then the values

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen = rng.permutation(keys);
    std::vector<std::int32_t> stored;
    for (std::size_t i = 0; i < pairs; ++i) {
      stored.push_back(rng.below(values));
      tokens.insert(tokens.end(), {chosen[i], keys + stored.back()});
      labels.insert(labels.end(), 2, models::not_asked);
    }
    for (Index i = 0; i < asked_at_once + segment; ++i) {
      const auto one = static_cast<std::size_t>(rng.below(pairs));
      tokens.push_back(chosen[one]);
      labels.push_back(stored[one]);
    }
  }
  const Shape shape{batch, length};
  return {{Indices(shape, std::move(tokens))}, Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {keys + values}, .length = length, .answers = values,
          .positions = false, .draw = draw};
}

class PairsStudy : public SegmentStudy {
 public:
  PairsStudy(const study::Setup& setup, Generator& rng) : SegmentStudy(tokens(), setup, rng) {}

  study::Details details() const override {
    return {{"in the same segment", share(0)}, {"one segment later", share(1)}};
  }
};

}  // namespace

study::Task segments_in_pairs() {
  return {.name = "segments-in-pairs",
          .title = "recall of keys and values that are tokens of their own, a segment later",
          .what = "Five times a key and its value, and questions in the same segment and the next: "
                  "one layer has to join what the other finds, across the border.",
          .metric = "accuracy",
          .settings = {.width = 64, .layers = 2, .heads = 2, .causal = true, .steps = 450,
                       .lr = 2e-3},
          .chance = 1.0 / values,
          .floor = study::mode_floor(pairs, values),
          .level = 0.99,
          .bars = {{.detail = "one segment later", .limit = 0.99}},
          .seconds = 4,
          .runs = {{.mechanism = "transformer-xl", .options = {{"memory", segment}}}},
          .make = study::make_study<PairsStudy>};
}

}  // namespace heed::tasks
