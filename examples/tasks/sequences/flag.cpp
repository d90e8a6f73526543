// Flag: one of 32 tokens is flagged, and every position answers its value. Two layers with a window
// of three reach six tokens; a global token at the start collects the flagged value in the first
// layer and hands it to everybody in the second.
// Beltagy, Peters, Cohan 2020, "Longformer", arXiv 2004.05150, section 3.1; Zaheer et al. 2020,
// "Big Bird", arXiv 2007.14062.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index tokens_asked = 32, length = tokens_asked + 1, values = 10;

// The flag stands at one of the tokens behind the first, each as likely.
Index flagged(Index i, Index which) { return i == 0 ? -1 : which + 1; }

// Token 0 says nothing: it is there to be global. Value and flag of the others.
models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> value, flag, labels;
  for (Index b = 0; b < batch; ++b) {
    const Index at = 1 + rng.below(static_cast<std::int32_t>(tokens_asked));
    const std::size_t start = value.size();
    for (Index i = 0; i < length; ++i) {
      value.push_back(i == 0 ? static_cast<std::int32_t>(values)
                             : rng.below(static_cast<std::int32_t>(values)));
      flag.push_back(i == at ? 1 : 0);
    }
    for (Index i = 0; i < length; ++i) {
      labels.push_back(i == 0 ? models::not_asked : value[start + static_cast<std::size_t>(at)]);
    }
  }
  const Shape shape{batch, length};
  return {{Indices(shape, std::move(value)), Indices(shape, std::move(flag))},
          Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens() {
  models::Tokens made{.vocabularies = {values + 1, 2}, .length = length, .answers = values,
                      .draw = draw};
  made.sources = study::Sources{.length = length, .groups = tokens_asked, .answers = values,
                                .of = flagged};
  return made;
}

}  // namespace

study::Task flag() {
  using enum study::Expect;
  return {.name = "flag",
          .title = "answer the flagged value everywhere, 32 tokens",
          .what = "One token is flagged; every position answers its value. Two windows reach six "
                  "tokens; a token that all see carries the value to everybody.",
          .metric = "accuracy",
          .settings = {.layers = 2, .heads = 2, .steps = 350},
          .chance = 1.0 / values,
          .floor = study::mode_floor(tokens_asked, values),
          .level = 0.99,
          .seconds = 3,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "global-tokens", .options = {{"window", 3}}},
                   {.mechanism = "bigbird",
                    .why = "Blocks of three: the first and the last one are global.",
                    .options = {{"block", 3}}},
                   {.mechanism = "longformer",
                    .why = "The global token asks with projections of its own.",
                    .options = {{"window", 3}}},
                   {.mechanism = "local",
                    .why = "The same window without the global token. The mean of all tokens in "
                           "its place knows more, half of the answers: it hears every flag "
                           "faintly.",
                    .expect = ceiling}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
