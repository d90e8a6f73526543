// Next to the mark: a grid of 6 x 6 cells with a symbol each; one cell holds a mark, the last one a
// question: what stands to the right of the mark, or what stands below it? A cell has to know its
// neighbours before anybody can look for it by them: one layer whose keys and values are made of
// neighbours does it; one of single cells does not, as in induction, whose grid has one row.
// Wu et al. 2021 (CvT), arXiv 2103.15808, has such layers for photographs.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index side = 6, cells = side * side, symbols = 10;
constexpr std::int32_t mark = symbols, right_of_it = symbols + 1, below_it = symbols + 2;

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> grid, labels(static_cast<std::size_t>(batch * cells),
                                         models::not_asked);
  for (Index b = 0; b < batch; ++b) {
    // Not in the last row or column, which have nothing below them or to their right.
    const Index row = rng.below(side - 1), column = rng.below(side - 1);
    const Index marked = row * side + column;
    const std::int32_t question = rng.below(2) == 0 ? right_of_it : below_it;
    for (Index i = 0; i < cells; ++i) {
      const std::int32_t symbol = rng.below(static_cast<std::int32_t>(symbols));
      grid.push_back(i == marked ? mark : i == cells - 1 ? question : symbol);
    }
    const Index asked = marked + (question == right_of_it ? 1 : side);
    labels[static_cast<std::size_t>(b * cells + cells - 1)] =
        grid[static_cast<std::size_t>(b * cells + asked)];
  }
  return {{Indices({batch, cells}, std::move(grid))},
          Indices({batch, cells, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {symbols + 3}, .length = cells, .answers = symbols, .draw = draw};
}

study::Changes windows(int side_of_one) { return {{"window", side_of_one}, {"columns", side}}; }

}  // namespace

study::Task next_to_mark() {
  using enum study::Expect;
  return {.name = "next-to-mark",
          .title = "what stands to the right of the mark, or below it, 6 x 6",
          .what = "One cell of a grid is marked; the question is what stands next to it, on the "
                  "side that the last cell names. It takes keys or values made of neighbours.",
          .metric = "accuracy",
          .settings = {.steps = 600},
          .chance = 1.0 / symbols,
          .floor = study::mode_floor(cells - 2, symbols),
          .level = 0.99,
          .seconds = 3,
          .needs = study::Needs{.self = true},
          .runs = {{.mechanism = "conv-qkv",
                    .why = "One layer: queries, keys and values are made of 3 x 3 cells.",
                    .options = windows(3)},
                   {.mechanism = "conv-qkv",
                    .label = "windows of one cell",
                    .why = "Without neighbours in it a layer cannot look for what lies next to "
                           "something.",
                    .options = windows(1),
                    .expect = fails}},
          .beside = {{.mechanism = "multihead",
                      .label = "two layers",
                      .why = "The first layer may tell each cell of its neighbours.",
                      .settings = {{"layers", 2}}}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
