// The generator of the task on pictures and their captions.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index caption_side = 4, caption_cell = 4;  // cells a side, pixels a cell's
inline constexpr Index caption_objects = 3;
inline constexpr std::int32_t caption_shapes = 4, caption_colours = 4;
// Of each object, in reading order: colour, shape, row, column. The words come one kind after the
// other, four each.
inline constexpr Index caption_words = 4 * caption_objects;
inline constexpr std::int32_t caption_vocabulary = 16;
inline constexpr Index caption_group = 64;  // so many pictures compete for their captions

struct CaptionBatch {
  Tensor pictures;   // (B, 4, 16, 16): a channel a colour
  Indices captions;  // (B, 12)
  // (B): whose caption each picture gets when they are dealt out at random, within the groups of
  // 64 that compete.
  Indices dealt;
};
CaptionBatch draw_captions(Index batch, Generator& rng);

// Of the rows of scores (N, N), the share whose largest is on the diagonal.
double recall_at_one(const Tensor& scores);

}  // namespace heed::tasks
