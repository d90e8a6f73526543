// Cue colour: the two rows on top are filled with one of three colours; below are three glyphs, one
// of each colour, and asked is the glyph in the colour of the rows. A feature that sees a glyph of
// one colour has to count only if the rows far away say so, for the whole picture: what a gate for
// channels decides. Behind the largest value of each feature one linear map comes close at best. A
// non-local block can as well: each place looks for the rows and takes their colour along.
// After Hu et al. 2017, arXiv 1709.01507 (SE), whose pictures are photographs.
//
// The honest peer is a hidden layer before the answer with as many parameters: it can as well.
#include "examples/tasks/pictures/cue_colour.h"

#include "examples/tasks/pictures/glyphs.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

models::PictureBatch draw_cues(Index batch, Generator& rng) {
  constexpr auto cells = static_cast<std::int32_t>(cue_cell_rows * cue_cell_columns);
  constexpr Index height = cue_rows + cue_cell_rows * cue_cell, width = cue_cell_columns * cue_cell;
  Canvas canvas({batch, colours, height, width}, 0.1, rng);
  std::vector<std::int32_t> labels;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> cell = rng.permutation(cells);
    const std::vector<std::int32_t> glyph = rng.permutation(static_cast<std::int32_t>(glyphs));
    const std::int32_t cue = rng.below(static_cast<std::int32_t>(colours));
    canvas.fill(b, cue, 0, 0, cue_rows, width);
    for (std::int32_t colour = 0; colour < static_cast<std::int32_t>(colours); ++colour) {
      const auto i = static_cast<std::size_t>(colour);
      const Index top = cue_rows + cell[i] / cue_cell_columns * cue_cell;
      canvas.draw(glyph[i], b, colour, top + 1, cell[i] % cue_cell_columns * cue_cell);
    }
    labels.push_back(glyph[static_cast<std::size_t>(cue)]);
  }
  return {canvas.pictures(), Indices(std::move(labels))};
}

namespace {

models::Pictures pictures(const study::Setup& setup) {
  const Index width = setup.settings.width;
  return {.channels = colours,
          .classes = glyphs,
          .stages = {{.channels = width}, {.channels = width}},
          .peer = models::Peer::head,
          .draw = [](Index count, study::Split, Generator& rng) { return draw_cues(count, rng); }};
}

}  // namespace

study::Task cue_colour() {
  using enum study::Expect;
  return {.name = "cue-colour",
          .title = "name the glyph that has the colour of the rows on top",
          .what = "Three glyphs in three colours; two rows on top say which colour is meant. It "
                  "takes something that says which features count.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = models::fixed_gates,
          .settings = {.steps = 700, .lr = 1e-2},
          .chance = 1.0 / glyphs,
          .floor = 1.0 / colours,
          .level = 0.97,
          .seconds = 3,
          .runs = {{.mechanism = "se",
                    .why = "The plain network comes part of the way in these steps.",
                    .options = {{"reduction", 1}}}},
          .beside = {{.mechanism = "non-local",
                      .why = "Each place may look for the rows on top and take their colour along; "
                             "not every start gets there in these steps.",
                      .settings = {{"steps", 600}}},
                     {.mechanism = "cbam",
                      .why = "Both gates, with maxima beside the means.",
                      .options = {{"reduction", 1}}},
                     {.mechanism = "se",
                      .label = "a hidden layer instead",
                      .why = "The honest peer: a hidden layer before the answer, with as many "
                             "parameters as the gates have. It gets there, at a rate of its own.",
                      .options = {{"reduction", 1}},
                      .settings = {{"peer", 1}, {"lr", 5e-3}, {"steps", 1000}}}},
          .make = models::picture_study<pictures>};
}

}  // namespace heed::tasks
