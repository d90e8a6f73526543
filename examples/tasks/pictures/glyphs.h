// Eight shapes of 3 x 3 pixels, and pictures to draw them on.
#pragma once

#include <vector>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index glyphs = 8, glyph_side = 3;

// Pictures (B, C, H, W) under way: noise, then ink on it.
class Canvas {
 public:
  // Of noise N(0, deviation^2).
  Canvas(const Shape& shape, double deviation, Generator& rng);
  // Adds ink to a rectangle.
  void fill(Index picture, Index channel, Index top, Index left, Index height, Index width);
  // Adds the ink of a glyph whose upper left pixel lies there.
  void draw(Index glyph, Index picture, Index channel, Index top, Index left);
  Tensor pictures() const { return {shape_, pixels_}; }

 private:
  Shape shape_;
  std::vector<Real> pixels_;
};

}  // namespace heed::tasks
