#include "examples/tasks/pictures/glyphs.h"

namespace heed::tasks {
namespace {

constexpr const char* shapes[glyphs] = {
    " # "
    "###"
    " # ",
    "# #"
    " # "
    "# #",
    "###"
    "# #"
    "###",
    "###"
    " # "
    " # ",
    "#  "
    "#  "
    "###",
    "  #"
    " ##"
    "###",
    "# #"
    "###"
    "# #",
    "## "
    "## "
    "  #"};

}  // namespace

Canvas::Canvas(const Shape& shape, double deviation, Generator& rng) : shape_(shape) {
  const Tensor noise = rng.normal(shape, 0, deviation);
  pixels_.assign(noise.values().begin(), noise.values().end());
}

void Canvas::fill(Index picture, Index channel, Index top, Index left, Index height, Index width) {
  for (Index r = top; r < top + height; ++r) {
    for (Index c = left; c < left + width; ++c) {
      const Index at = ((picture * shape_[1] + channel) * shape_[2] + r) * shape_[3] + c;
      pixels_[static_cast<std::size_t>(at)] += 1;
    }
  }
}

void Canvas::draw(Index glyph, Index picture, Index channel, Index top, Index left) {
  for (Index r = 0; r < glyph_side; ++r) {
    for (Index c = 0; c < glyph_side; ++c) {
      if (shapes[glyph][r * glyph_side + c] == '#') fill(picture, channel, top + r, left + c, 1, 1);
    }
  }
}

}  // namespace heed::tasks
