// Stacked recall: 16 tokens that carry a key and a value, then 16 keys alone, each asking for its
// value. Keys are distinct, each is asked once; no positions, so only the content says where to
// look. Arora et al. 2023, "Zoology", arXiv 2312.04927; the division by sqrt(d): Vaswani et al.
// 2017, arXiv 1706.03762, section 3.2.1.
#include "examples/models/encoder.h"
#include "examples/tasks/sequences/recall.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = recall_pairs, keys = 32, values = recall_values;

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
  const Shape shape{batch, 2 * pairs};
  return {{Indices(shape, std::move(key)), Indices(shape, std::move(value))},
          Indices({batch, 2 * pairs, 1}, std::move(labels))};
}

const study::Changes wide = {{"width", 128}, {"lr", 1e-3}};

}  // namespace

models::Tokens recall_tokens() {
  return {.vocabularies = {keys, values + 1}, .length = 2 * pairs, .answers = values,
          .positions = false, .draw = draw};
}

study::Task recall() {
  return {.name = "recall",
          .title = "recall the value stored with a key, 16 pairs",
          .what = "16 tokens carry a key and a value, then 16 keys come alone; each asks for its "
                  "value. Without positions: only the content says where to look.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 300},
          .chance = 1.0 / values,
          .floor = study::mode_floor(pairs, values),
          .level = 0.99,
          .seconds = 1.0,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "self"}, {.mechanism = "multihead"}, {.mechanism = "scaled-dot"},
                   {.mechanism = "top-k",
                    .why = "Each query keeps the three keys that fit it best; one is meant.",
                    .options = {{"k", 3}}},
                   {.mechanism = "multi-query",
                    .why = "One head of keys and values for all queries: it gets there, and is "
                           "given twice the steps.",
                    .settings = {{"steps", 600}}},
                   {.mechanism = "adaptive-entmax",
                    .why = "Sparse weights, as sparse as each head likes: a tie with softmax."},
                   {.mechanism = "adaptive-entmax",
                    .label = "sparsemax",
                    .why = "The sparsest of the family: a tie as well.",
                    .options = {{"alpha", 2}}},
                   {.mechanism = "gau",
                    .why = "Squares in the place of the softmax, and a gate: slower, then a tie.",
                    .settings = {{"steps", 450}}},
                   {.mechanism = "kernel",
                    .why = "Near instead of large, after projections that are learned: a tie."},
                   {.mechanism = "persistent",
                    .why = "Sixteen learned vectors beside the tokens: only the tokens say what is "
                           "asked, so it is a tie. One seed in eight takes more than 300 steps, so "
                           "it is given 600.",
                    .settings = {{"steps", 600}}},
                   {.mechanism = "external",
                    .why = "A learned memory that is the same for every input: what a sequence "
                           "says cannot be read from it.",
                    .expect = study::Expect::fails}},
          .beside = {{.mechanism = "scaled-dot",
                      .label = "wide",
                      .why = "Width 128, queries and keys of variance 1: divided by sqrt(d), the "
                             "scores still start with variance 1.",
                      .options = {{"unit_start", 1}},
                      .settings = wide},
                     {.mechanism = "dot",
                      .label = "wide",
                      .why = "The same without the division: scores start with a variance of 64, "
                             "the softmax is saturated, and a seed may stay stuck.",
                      .options = {{"unit_start", 1}},
                      .settings = wide}},
          .make = models::token_study<recall_tokens>};
}

}  // namespace heed::tasks
