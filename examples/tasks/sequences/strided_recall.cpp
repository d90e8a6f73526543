// Recall where a sparse pattern looks, and where it does not: 16 tokens that carry a key and a
// value, then 16 keys alone, each asking for its value. The pair that a query asks for stands on
// its stride of 4 (recall-on-stride), beside it (recall-off-stride), or at the end of a block of
// four (recall-of-summaries). So two patterns that cost the same are told apart, and what a pattern
// cannot see is a ceiling that can be computed. Causal, with learned positions.
// Child et al. 2019, "Generating long sequences with sparse transformers", arXiv 1904.10509.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = 16, stride = 4, choices = pairs / stride, keys = 32, values = 32;
constexpr Index length = 2 * pairs;

// Where the pair may stand that the query at `position` asks for; -1 for no query.
Index one_of(Index position, Index remainder, Index choice) {
  return position < pairs ? -1 : choice * stride + remainder % stride;
}
Index on_stride(Index i, Index choice) { return one_of(i, i, choice); }
Index off_stride(Index i, Index choice) { return one_of(i, i + 2, choice); }
Index summaries(Index i, Index choice) { return one_of(i, stride - 1, choice); }

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

const study::Changes by_four = {{"stride", stride}};

template <Index (*where)(Index i, Index choice)>
models::Tokens tokens() {
  models::Tokens made{.vocabularies = {keys, values + 1}, .length = length, .answers = values,
                      .draw = draw};
  made.sources = study::Sources{.length = length, .groups = choices, .answers = values,
                                .of = where};
  return made;
}

// What the three have in common.
study::Task recall_where(std::string name, std::string title, study::MakeStudy make,
                         study::Sources sources) {
  return {.name = std::move(name),
          .title = std::move(title),
          .what = "16 tokens carry a key and a value, then 16 keys come alone; each asks for its "
                  "value, which stands where a sparse pattern looks, or where it does not.",
          .metric = "accuracy",
          .settings = {.heads = 2, .causal = true, .steps = 600},
          .chance = 1.0 / values,
          .floor = study::mode_floor(choices, values),  // the pairs that may be meant, as a bag
          .level = 0.99,
          .seconds = 1.5,
          .needs = study::Needs{.self = true, .causal = true},
          .sources = sources,
          .make = std::move(make)};
}

}  // namespace

study::Task recall_on_stride() {
  using enum study::Expect;
  study::Task task =
      recall_where("recall-on-stride", "recall from every fourth position before",
                   models::token_study<tokens<on_stride>>, *tokens<on_stride>().sources);
  task.runs = {{.mechanism = "strided",
                .why = "The pair stands on the query's stride.",
                .options = by_four},
               {.mechanism = "fixed",
                .why = "Of the earlier blocks it sees the last token only, where one pair in four "
                       "stands. Slower to learn, so it is given more steps.",
                .settings = {{"steps", 1000}},
                .expect = ceiling},
               {.mechanism = "self", .why = "Sees all pairs, for twice the work."}};
  return task;
}

study::Task recall_off_stride() {
  using enum study::Expect;
  study::Task task =
      recall_where("recall-off-stride", "recall from between every fourth position before",
                   models::token_study<tokens<off_stride>>, *tokens<off_stride>().sources);
  task.runs = {{.mechanism = "strided",
                .why = "The pair stands two beside the query's stride: one layer sees it for "
                       "the first two queries at most.",
                .options = by_four,
                .expect = fails},
               {.mechanism = "self", .why = "Sees all pairs, for twice the work."}};
  task.beside = {{.mechanism = "strided",
                  .label = "two layers",
                  .why = "Two layers can see it, through a token on the stride that would have to "
                         "carry all pairs near it.",
                  .options = by_four,
                  .settings = {{"layers", 2}}}};
  return task;
}

study::Task recall_of_summaries() {
  using enum study::Expect;
  study::Task task =
      recall_where("recall-of-summaries", "recall from the last position of each block of four",
                   models::token_study<tokens<summaries>>, *tokens<summaries>().sources);
  task.runs = {{.mechanism = "fixed", .why = "The pair is the last of its block, which all see."},
               {.mechanism = "strided",
                .why = "One query in four has the pair on its stride.",
                .options = by_four,
                .expect = ceiling},
               {.mechanism = "self", .why = "Sees all pairs, for twice the work."}};
  return task;
}

}  // namespace heed::tasks
