// Marker: four of six cells show a glyph each, all different; to the left of one of them is a
// square of ink, and asked is that glyph. Two convolutions of 3 x 3 see five pixels, and a glyph
// and the ink before it lie four apart: they never meet in one feature, and the largest value of
// each feature says which glyphs there are, one in four. A gate for places, whose window reaches
// three pixels further each time, lets through what is marked.
// After Woo et al. 2018, arXiv 1807.06521 (CBAM), whose pictures are photographs.
//
// The honest peer is a depthwise convolution of the same window: it carries the mark as well.
#include "examples/tasks/pictures/marker.h"

#include "examples/tasks/pictures/glyphs.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

MarkerBatch draw_markers(Index batch, Generator& rng) {
  constexpr auto cells = static_cast<std::int32_t>(marker_rows * marker_columns);
  constexpr Index height = marker_rows * marker_height + 2 * marker_margin;
  constexpr Index width = marker_columns * marker_width + 2 * marker_margin;
  Canvas canvas({batch, 1, height, width}, 0.1, rng);
  std::vector<std::int32_t> labels, marked;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> cell = rng.permutation(cells);
    const std::vector<std::int32_t> glyph = rng.permutation(static_cast<std::int32_t>(glyphs));
    for (std::size_t i = 0; i < marker_shown; ++i) {
      const Index top = marker_margin + cell[i] / marker_columns * marker_height;
      const Index left = marker_margin + cell[i] % marker_columns * marker_width;
      canvas.draw(glyph[i], b, 0, top, left + marker_to_glyph);
      if (i == 0) canvas.fill(b, 0, top, left, marker_size, marker_size);
    }
    labels.push_back(glyph[0]);
    marked.push_back(cell[0]);
  }
  return {{canvas.pictures(), Indices(std::move(labels))}, Indices(std::move(marked))};
}

namespace {

models::Pictures pictures(const study::Setup& setup) {
  const Index width = setup.settings.width;
  return {.channels = 1,
          .classes = glyphs,
          .stages = {{.channels = width}, {.channels = width}},
          .peer = models::Peer::depthwise,
          .draw = [](Index count, study::Split, Generator& rng) {
            return draw_markers(count, rng).pictures;
          }};
}

}  // namespace

study::Task marker() {
  using enum study::Expect;
  return {.name = "marker",
          .title = "name the glyph that has a mark to its left",
          .what = "Four glyphs, one with a square of ink to its left, further than the "
                  "convolutions see. It takes something that says where to look.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = models::fixed_gates,
          .settings = {.steps = 1000, .lr = 1e-2},
          .chance = 1.0 / glyphs,
          .floor = 1.0 / marker_shown,
          .level = 0.98,
          .seconds = 11,
          .runs = {{.mechanism = "cbam",
                    .label = "gate for places",
                    .why = "198 parameters more than without.",
                    .options = {{"channel", 0}}},
                   {.mechanism = "se",
                    .why = "A gate for channels may know that there is a mark, and not where.",
                    .expect = fails}},
          .beside = {{.mechanism = "cbam", .label = "both gates", .why = "As in the paper."},
                     {.mechanism = "cbam",
                      .label = "a convolution instead",
                      .why = "The honest peer: a depthwise convolution of 7 x 7 in each gate's "
                             "place.",
                      .settings = {{"peer", 1}}}},
          .make = models::picture_study<pictures>};
}

}  // namespace heed::tasks
