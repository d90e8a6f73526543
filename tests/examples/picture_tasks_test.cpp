#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <set>

#include "examples/study/train.h"
#include "examples/tasks/pictures/clutter.h"
#include "examples/tasks/pictures/cue_colour.h"
#include "examples/tasks/pictures/glyphs.h"
#include "examples/tasks/pictures/marker.h"
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(picture_tasks)

// The glyph whose ink lies there, upper left pixel; -1: none. Noise is below one half.
int glyph_at(const Tensor& pictures, Index picture, Index channel, Index top, Index left) {
  Generator rng(1);
  for (Index glyph = 0; glyph < glyphs; ++glyph) {
    Canvas canvas({1, 1, glyph_side, glyph_side}, 0, rng);
    canvas.draw(glyph, 0, 0, 0, 0);
    const Tensor ink = canvas.pictures();
    bool same = true;
    for (Index r = 0; r < glyph_side; ++r) {
      for (Index c = 0; c < glyph_side; ++c) {
        const Shape& s = pictures.shape();
        const Index at = ((picture * s[1] + channel) * s[2] + top + r) * s[3] + left + c;
        same = same && (pictures.data()[at] > 0.5) == (ink.data()[r * glyph_side + c] > 0.5);
      }
    }
    if (same) return static_cast<int>(glyph);
  }
  return -1;
}

double pixel(const Tensor& pictures, Index b, Index channel, Index r, Index c) {
  const Shape& s = pictures.shape();
  return static_cast<double>(pictures.data()[((b * s[1] + channel) * s[2] + r) * s[3] + c]);
}

BOOST_AUTO_TEST_CASE(glyphs_differ) {
  Generator rng(1);
  std::set<std::vector<Real>> seen;
  for (Index glyph = 0; glyph < glyphs; ++glyph) {
    Canvas canvas({1, 1, glyph_side, glyph_side}, 0, rng);
    canvas.draw(glyph, 0, 0, 0, 0);
    const Tensor ink = canvas.pictures();
    seen.insert({ink.values().begin(), ink.values().end()});
  }
  BOOST_TEST(seen.size() == 8U);
}

BOOST_AUTO_TEST_CASE(the_marked_cell_shows_the_label) {
  constexpr Index batch = 200;
  Generator rng(2);
  const MarkerBatch drawn = draw_markers(batch, rng);
  const Tensor& pictures = drawn.pictures.pictures;
  BOOST_REQUIRE(pictures.shape() == (Shape{batch, 1, 16, 24}));
  std::set<std::int32_t> cells;
  for (Index b = 0; b < batch; ++b) {
    int shown = 0, marks = 0;
    for (Index cell = 0; cell < marker_rows * marker_columns; ++cell) {
      const Index top = marker_margin + cell / marker_columns * marker_height;
      const Index left = marker_margin + cell % marker_columns * marker_width;
      const int glyph = glyph_at(pictures, b, 0, top, left + marker_to_glyph);
      shown += glyph >= 0 ? 1 : 0;
      const bool marked = pixel(pictures, b, 0, top, left) > 0.5 &&
                          pixel(pictures, b, 0, top + 1, left + 1) > 0.5;
      marks += marked ? 1 : 0;
      if (!marked) continue;
      BOOST_TEST(glyph == drawn.pictures.labels[b]);
      BOOST_TEST(cell == drawn.cells[b]);
    }
    BOOST_TEST(shown == marker_shown);
    BOOST_TEST(marks == 1);
    cells.insert(drawn.cells[b]);
  }
  BOOST_TEST(cells.size() == 6U);
}

BOOST_AUTO_TEST_CASE(the_glyph_in_the_colour_of_the_cue_is_the_label) {
  constexpr Index batch = 200;
  Generator rng(3);
  const models::PictureBatch drawn = draw_cues(batch, rng);
  BOOST_REQUIRE(drawn.pictures.shape() == (Shape{batch, colours, 10, 12}));
  for (Index b = 0; b < batch; ++b) {
    int cues = 0;
    std::set<int> seen;
    for (Index colour = 0; colour < colours; ++colour) {
      const bool cue = pixel(drawn.pictures, b, colour, 0, 0) > 0.5;
      cues += cue ? 1 : 0;
      for (Index c = 0; c < 12; ++c) {
        BOOST_REQUIRE((pixel(drawn.pictures, b, colour, 1, c) > 0.5) == cue);
      }
      int glyph = -1, found = 0;
      for (Index cell = 0; cell < cue_cell_rows * cue_cell_columns; ++cell) {
        const Index top = cue_rows + cell / cue_cell_columns * cue_cell + 1;
        const int here =
            glyph_at(drawn.pictures, b, colour, top, cell % cue_cell_columns * cue_cell);
        if (here < 0) continue;
        glyph = here;
        ++found;
      }
      BOOST_TEST(found == 1);
      seen.insert(glyph);
      if (cue) BOOST_TEST(glyph == drawn.labels[b]);
    }
    BOOST_TEST(cues == 1);
    BOOST_TEST(seen.size() == 3U);  // all different
  }
}

// Digit d in ink d / 10 everywhere: what overwrites and what lies below is told by its ink.
BOOST_AUTO_TEST_CASE(a_digit_lies_over_pieces_of_others) {
  data::Digits digits, pieces;
  for (std::int32_t i = 1; i < 10; ++i) {
    digits.labels.push_back(i);
    digits.images.insert(digits.images.end(), data::Digits::pixels, static_cast<Real>(i) / 10);
  }
  pieces.labels = {0};
  pieces.images.assign(data::Digits::pixels, 1);
  Generator rng(4);
  constexpr Index batch = 200;
  const models::PictureBatch drawn = draw_clutter(batch, digits, pieces, rng);
  BOOST_REQUIRE(drawn.pictures.shape() == (Shape{batch, 1, clutter_side, clutter_side}));
  Index uncovered = 0;
  for (Index b = 0; b < batch; ++b) {
    Index of_digit = 0, of_pieces = 0, others = 0;
    for (Index i = 0; i < clutter_side * clutter_side; ++i) {
      const double ink = pixel(drawn.pictures, b, 0, i / clutter_side, i % clutter_side);
      const bool digit = std::abs(ink - drawn.labels[b] / 10.0) < 1e-6;
      of_digit += digit ? 1 : 0;
      of_pieces += !digit && ink == 1 ? 1 : 0;
      others += !digit && ink != 1 && ink != 0 ? 1 : 0;
    }
    BOOST_TEST(of_digit == data::Digits::pixels);
    BOOST_TEST(of_pieces <= clutter_fragments * fragment_side * fragment_side);
    BOOST_TEST(others == 0);
    uncovered += of_pieces;
  }
  BOOST_TEST(uncovered > 10 * batch);
}

BOOST_AUTO_TEST_CASE(the_answer_stands_next_to_the_mark) {
  constexpr Index batch = 200, side = 6, cells = side * side;
  const study::Task& task = find("next-to-mark");
  Generator start(1), rng(5);
  const auto made = task.make({.settings = task.settings,
                               .make_mixer =
                                   [](const attention::MixerShape& shape, Generator& weights) {
                                     return study::make_mixer("multihead", {}, shape, weights);
                                   }},
                              start);
  auto& tokens = dynamic_cast<models::TokenStudy&>(*made);
  tokens.draw(batch, study::Split::train, rng);
  const Indices& grid = tokens.batch().inputs[0];
  int below = 0;
  for (Index b = 0; b < batch; ++b) {
    Index mark = -1, asked = 0;
    for (Index i = 0; i < cells; ++i) {
      if (grid[b * cells + i] == 10) mark = i;
      asked += tokens.batch().labels[b * cells + i] >= 0 ? 1 : 0;
    }
    BOOST_REQUIRE((mark >= 0 && mark / side < side - 1 && mark % side < side - 1));
    const std::int32_t question = grid[b * cells + cells - 1];
    BOOST_TEST((question == 11 || question == 12));
    below += question == 12 ? 1 : 0;
    const Index from = mark + (question == 11 ? 1 : side);
    BOOST_TEST(asked == 1);
    BOOST_TEST(tokens.batch().labels[b * cells + cells - 1] == grid[b * cells + from]);
  }
  BOOST_TEST((below > 60 && below < 140));
}

// A network that has learned with its gates keeps their mean; one that has yet to learn has none.
BOOST_AUTO_TEST_CASE(gates_are_left_out_before_and_fixed_after) {
  const study::Task& task = find("marker");
  const auto scored = [&](const char* name, bool learned, bool out, const study::Settings& with) {
    Generator start(1), rng(6);
    const auto made = task.make(
        {.settings = with, .name = name, .options = {{"reduction", 1}}, .make_mixer = {}}, start);
    made->draw(64, study::Split::train, rng);
    if (learned) made->loss();
    if (out) made->take_out(task.ablation);
    return static_cast<double>(made->loss().item());
  };
  for (const char* name : {"cbam", "se"}) {
    const double whole = scored(name, true, false, task.settings);
    const double fixed = scored(name, true, true, task.settings);
    const double absent = scored(name, false, true, task.settings);
    BOOST_TEST(whole != fixed);
    BOOST_TEST(whole != absent);
    BOOST_TEST(fixed != absent);
  }
  study::Settings peer = task.settings;
  peer.peer = true;
  const double with = scored("cbam", true, false, peer), without = scored("cbam", true, true, peer);
  BOOST_TEST(with != without);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
