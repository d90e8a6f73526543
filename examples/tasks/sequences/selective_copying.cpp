// Selective copying: eight tokens of data at random places among blanks, then eight markers, which
// ask for the data in their order. Where the data stand says nothing about what they are, so no
// fixed pattern finds them; whoever reads by content has to know the k-th. Gu, Dao 2023, "Mamba",
// arXiv 2312.00752, section 4.1.1; Jing et al. 2017, arXiv 1706.02761.
#include <algorithm>

#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index text = 32, data = 8, values = 16;
constexpr std::int32_t blank = 0, marker = 1 + values;  // the data are 1 ... 16

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens, labels;
  for (Index b = 0; b < batch; ++b) {
    std::vector<std::int32_t> places = rng.permutation(static_cast<std::int32_t>(text));
    places.resize(static_cast<std::size_t>(data));
    std::ranges::sort(places);
    std::vector<std::int32_t> row(static_cast<std::size_t>(text), blank);
    std::vector<std::int32_t> answers(static_cast<std::size_t>(text), models::not_asked);
    for (const std::int32_t place : places) {
      const std::int32_t value = rng.below(static_cast<std::int32_t>(values));
      row[static_cast<std::size_t>(place)] = 1 + value;
      answers.push_back(value);
    }
    row.resize(static_cast<std::size_t>(text + data), marker);
    tokens.insert(tokens.end(), row.begin(), row.end());
    labels.insert(labels.end(), answers.begin(), answers.end());
  }
  const Shape shape{batch, text + data};
  return {{Indices(shape, std::move(tokens))},
          Indices({batch, text + data, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {marker + 1}, .length = text + data, .answers = values, .draw = draw};
}

}  // namespace

study::Task selective_copying() {
  using enum study::Expect;
  return {.name = "selective-copying",
          .title = "copy eight tokens out of blanks, in their order",
          .what = "Eight tokens stand at random places among blanks; eight markers behind them ask "
                  "for the first, the second, and so on. No fixed place holds any of them.",
          .metric = "accuracy",
          .settings = {.layers = 2, .heads = 2, .causal = true, .steps = 1500},
          .chance = 1.0 / values,
          .floor = study::mode_floor(data, values),
          .level = 0.98,
          .seconds = 12,
          .needs = study::Needs{.self = true, .causal = true},
          .runs = {{.mechanism = "causal",
                    .why = "The first layer counts the data before each of them, the second finds "
                           "the k-th."}},
          .beside = {{.mechanism = "linear",
                      .why = "Sums over the text suffice most of the time, as learned places say "
                             "who counts: .91 to 1.00 in four seeds."},
                     {.mechanism = "performer",
                      .why = "Three of four seeds have .99 or more, one still has .72: nothing is "
                             "promised."}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
