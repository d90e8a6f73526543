// Questions about a grid: six objects lie in sixteen cells, and a question of three words asks for
// the colour or the row of one of the shapes. The question has to guide the look at the grid. Here
// one question guides, and the grid need not guide back: what takes both ways is two-bags.
// A shape and its word share an embedding. Lu et al. 2016, arXiv 1606.00061; the task is visual
// question answering in small.
#include "examples/tasks/pairs/grid_questions.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/pairs/pair_reader.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr std::int32_t cells = static_cast<std::int32_t>(grid_cells);
constexpr Index answer_count = grid_colours + grid_side;

}  // namespace

GridBatch draw_grids(Index batch, Generator& rng) {
  std::vector<std::int32_t> shapes(static_cast<std::size_t>(batch * grid_cells), word_empty);
  std::vector<std::int32_t> colours(shapes.size(), grid_colours), questions, asked, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> place = rng.permutation(cells);
    const std::vector<std::int32_t> shape = rng.permutation(grid_shapes);
    const auto first = static_cast<std::size_t>(b * grid_cells);
    for (std::size_t i = 0; i < static_cast<std::size_t>(grid_objects); ++i) {
      const std::size_t at = first + static_cast<std::size_t>(place[i]);
      shapes[at] = word_shape + shape[i];
      colours[at] = rng.below(grid_colours);
    }
    const bool of_colour = rng.below(2) == 0;  // about the first of the objects
    questions.insert(questions.end(),
                     {of_colour ? word_colour : word_row, word_of, word_shape + shape[0]});
    asked.push_back(place[0]);
    labels.push_back(of_colour ? colours[first + static_cast<std::size_t>(place[0])]
                               : grid_colours + place[0] / static_cast<std::int32_t>(grid_side));
  }
  return {Indices({batch, grid_cells}, std::move(shapes)),
          Indices({batch, grid_cells}, std::move(colours)),
          Indices({batch, grid_words}, std::move(questions)), Indices(std::move(asked)),
          Indices(std::move(labels))};
}

namespace {

class GridStudy : public study::Study {
 public:
  GridStudy(const study::Setup& setup, Generator& rng)
      : word_(child<nn::Embedding>("word", word_empty + 1, setup.settings.width, rng, embedding)),
        colour_(child<nn::Embedding>("colour", grid_colours + 1, setup.settings.width, rng,
                                     embedding)),
        place_(child<nn::LearnedPositions>("place", grid_cells, setup.settings.width, rng,
                                           models::embedding_deviation)),
        reader_(child<PairReader>("reader", setup, rng)),
        answer_(child<nn::Linear>("answer", 2 * setup.settings.width, answer_count, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override { batch_ = draw_grids(count, rng); }
  study::Samples samples() const override { return batch_.shapes; }

  Tensor loss() override { return cross_entropy(answers(read()), batch_.labels); }

  double score() const override {
    return study::share_right(answers(read()), batch_.labels);
  }

  study::Details details() const override {
    return {{"mass on the cell", mass_on(read().weights_a, batch_.asked)}};
  }

  // The weights over the first grid, as a grid, of every look at it.
  std::vector<study::DrawnMap> look() const override {
    const Tensor weights = slice(read().weights_a, 0, 0, 1);  // (1, K, 16)
    std::vector<std::string> rows, columns;
    for (Index i = 0; i < grid_side; ++i) {
      rows.push_back(fmt::format("row {}", i + 1));
      columns.push_back(fmt::format("{}", i + 1));
    }
    std::vector<study::DrawnMap> drawn;
    for (Index k = 0; k < weights.dim(1); ++k) {
      const Tensor grid = reshape(select(weights, 1, k), {grid_side, 1, 1, grid_side});
      const std::string title = fmt::format("weights over a grid, look {}: the shape is in row {}, "
                                            "column {}",
                                            k + 1, batch_.asked[0] / grid_side + 1,
                                            batch_.asked[0] % grid_side + 1);
      drawn.push_back(
          study::drawn_rows(title, {.mechanism = "", .weights = grid}, rows, columns));
    }
    return drawn;
  }

  void take_out(study::Ablation ablation) override { reader_.take_out(ablation); }

 private:
  static constexpr nn::EmbeddingOptions embedding{.padding_id = -1,
                                                  .deviation = models::embedding_deviation};

  PairRead read() const {
    return reader_(place_(word_(batch_.shapes) + colour_(batch_.colours)),  // (B, 16, C)
                   word_(batch_.questions));                                 // (B, 3, C)
  }

  Tensor answers(const PairRead& found) const { return answer_(concat({found.a, found.b}, 1)); }

  GridBatch batch_;
  nn::Embedding& word_;
  nn::Embedding& colour_;
  nn::LearnedPositions& place_;
  PairReader& reader_;
  nn::Linear& answer_;
};

}  // namespace

study::Task grid_questions() {
  return {.name = "grid-questions",
          .title = "the colour or the row of a shape on a grid",
          .what = "Six objects lie on a grid of 4 x 4; a question of three words asks for the "
                  "colour or the row of a shape. The question has to guide the look.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "grid and question each read beside zeros in the place of the other",
          .settings = {.width = 48, .steps = 1000, .lr = 5e-3},
          .chance = (1.0 / grid_colours + 1.0 / grid_side) / 2,
          .floor = (1.0 / grid_colours + 1.0 / grid_side) / 2,
          .level = 0.95,
          .bars = {{"mass on the cell", 0.9}},
          .seconds = 2,
          .runs = {{.mechanism = "dcn"},
                   {.mechanism = "vilbert",
                    .why = "Each word of the question looks for itself, in every head."}},
          .beside = {{.mechanism = "co-attention",
                      .why = "It solves the task or stays near .7, half of the seeds each: it has "
                             "found some of the shapes and not the others."},
                     {.mechanism = "co-attention-alternating",
                      .why = "Its first look at the question has no guide and has to find the "
                             "shape: in half of the seeds it stays with another word."}},
          .make = study::make_study<GridStudy>};
}

}  // namespace heed::tasks
