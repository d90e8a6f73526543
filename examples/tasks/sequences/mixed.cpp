// Mixed: near and far in one sequence. Four tokens carry a key and a value; behind them every
// fourth token is a key alone, which asks for its value, and the others ask for the symbol two
// before them. A window is enough for the copies and cannot reach the pairs; those need who sees
// all.
// Zaheer et al. 2020, "Big Bird", arXiv 2007.14062; Arora et al. 2024, "Based", arXiv 2402.18668.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index pairs = 4, length = 48, keys = 16, values = 10, step = 4;

bool is_query(Index i) { return i >= pairs && i % step == step - 1; }

// A query asks for one of the pairs, each as likely; the others for the symbol two before, unless
// that is no symbol.
Index source(Index i, Index which) {
  if (is_query(i)) return which;
  return i - 2 < pairs || is_query(i - 2) ? -1 : i - 2;
}

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  constexpr auto no_key = static_cast<std::int32_t>(keys);
  constexpr auto no_value = static_cast<std::int32_t>(values);
  std::vector<std::int32_t> key, value, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> chosen = rng.permutation(static_cast<std::int32_t>(keys));
    const std::size_t start = value.size();
    for (Index i = 0; i < length; ++i) {
      const bool asks = is_query(i);
      const Index which = asks ? rng.below(static_cast<std::int32_t>(pairs)) : i;
      key.push_back(asks || i < pairs ? chosen[static_cast<std::size_t>(which)] : no_key);
      value.push_back(asks ? no_value : rng.below(static_cast<std::int32_t>(values)));
      const Index from = source(i, which);
      labels.push_back(i < pairs || from < 0 ? models::not_asked
                                             : value[start + static_cast<std::size_t>(from)]);
    }
  }
  const Shape shape{batch, length};
  return {{Indices(shape, std::move(key)), Indices(shape, std::move(value))},
          Indices({batch, length, 1}, std::move(labels))};
}

Index source_of(Index i, Index which) { return i < pairs ? -1 : source(i, which); }

models::Tokens tokens() {
  models::Tokens made{.vocabularies = {keys + 1, values + 1}, .length = length, .answers = values,
                      .draw = draw};
  made.sources = study::Sources{.length = length, .groups = pairs, .answers = values,
                                .of = source_of};
  made.apart = {{"recall", is_query}, {"copies", [](Index i) { return !is_query(i); }}};
  return made;
}

}  // namespace

study::Task mixed() {
  using enum study::Expect;
  return {.name = "mixed",
          .title = "recall from far and copy from near, in one sequence",
          .what = "Some tokens ask for the value stored with their key at the start, the others "
                  "for the symbol two before: one needs to see all, the other only near ones.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 800},
          .chance = 1.0 / values,
          .floor = study::mode_floor(pairs, values),
          .level = 0.99,
          .seconds = 5,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "hybrid",
                    .why = "One head sees all, the other a window of three."},
                   {.mechanism = "bigbird",
                    .why = "Blocks of four: the pairs are the first one, which all see.",
                    .options = {{"block", 4}}},
                   {.mechanism = "local",
                    .why = "The window alone: all copies, and of the pairs what is near.",
                    .expect = ceiling},
                   {.mechanism = "multihead",
                    .why = "Sees all with both heads: the hybrid is cheaper, not better."}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
