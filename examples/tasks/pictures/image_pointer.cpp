// A pointer in a picture of 6 x 6 pixels. Each pixel holds the name p of a column, the name q of a
// row and a value of 10. The pixel at (r, c) goes along its own row to column p(r, c), reads the
// row's name there, goes down its own column to that row, and answers the value: v[q(r, p(r, c)),
// c], with q(r, .) != r. The first step needs the row, the second the column, in that order; who
// has one axis only, or the wrong order, cannot follow.
// Ho et al. 2019, "Axial attention in multidimensional transformers", arXiv 1912.12180.
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index side = 6, values = 10, pixels = side * side;

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  constexpr auto lines = static_cast<std::int32_t>(side);
  std::vector<std::int32_t> column, row, value, labels;
  for (Index b = 0; b < batch; ++b) {
    for (Index at = 0; at < pixels; ++at) {
      column.push_back(rng.below(lines));
      const auto own = static_cast<std::int32_t>(at / side);
      row.push_back((own + 1 + rng.below(lines - 1)) % lines);
      value.push_back(rng.below(static_cast<std::int32_t>(values)));
    }
    const Index start = b * pixels;
    const auto pixel = [start](Index r, Index c) {
      return static_cast<std::size_t>(start + r * side + c);
    };
    for (Index at = 0; at < pixels; ++at) {
      const Index r = at / side, c = at % side;
      const Index to = row[pixel(r, column[pixel(r, c)])];
      labels.push_back(value[pixel(to, c)]);
    }
  }
  const Shape shape{batch, pixels};
  return {{Indices(shape, std::move(column)), Indices(shape, std::move(row)),
           Indices(shape, std::move(value))},
          Indices({batch, pixels, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {side, side, values}, .length = pixels, .answers = values, .draw = draw};
}

// The answer is in one of the other rows of the pixel's column, each as likely.
Index answer_of(Index pixel, Index which) {
  const Index row = (pixel / side + 1 + which) % side;
  return row * side + pixel % side;
}

study::Changes passes(int first, int second) {
  return {{"columns", side}, {"first", first}, {"second", second}};
}

}  // namespace

study::Task image_pointer() {
  using enum study::Expect;
  return {.name = "image-pointer",
          .title = "follow a pointer along a row, then down a column, 6 x 6",
          .what = "Each pixel names a column; the pixel there, in the same row, names a row; the "
                  "answer is the value in that row of the pixel's own column.",
          .metric = "accuracy",
          .settings = {.batch = 16, .steps = 800},
          .chance = 1.0 / values,
          .floor = study::mode_floor(side - 1, values),  // the rest of its column, as a bag
          .level = 0.98,
          .seconds = 2,
          .needs = study::Needs{.self = true},
          .sources = study::Sources{.length = pixels, .groups = side - 1, .answers = values,
                                    .of = answer_of},
          .runs = {{.mechanism = "axial",
                    .label = "rows, columns",
                    .why = "First along the row, then down the column, as the pointer goes.",
                    .options = passes(1, 2)},
                   {.mechanism = "axial",
                    .label = "rows twice",
                    .why = "The answer is never in the pixel's row, so chance is the ceiling.",
                    .options = passes(1, 1),
                    .expect = ceiling},
                   {.mechanism = "axial",
                    .label = "columns twice",
                    .why = "It sees the values of its column and not which of them is meant.",
                    .options = passes(2, 2),
                    .expect = fails},
                   {.mechanism = "axial",
                    .label = "columns, rows",
                    .why = "The wrong order: the row is known after the column was read.",
                    .options = passes(2, 1),
                    .expect = fails}},
          .beside = {{.mechanism = "axial",
                      .label = "rows and columns, summed",
                      .why = "Both passes read the pixel as it is, so the column is read before "
                             "the row is known.",
                      .options = {{"columns", side}, {"summed", 1}}},
                     {.mechanism = "multihead",
                      .label = "two layers",
                      .why = "Sees every pixel twice, and would have to find the lines by itself.",
                      .settings = {{"layers", 2}}}},
          .make = models::token_study<tokens>};
}

}  // namespace heed::tasks
