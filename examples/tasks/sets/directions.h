// The generator of the task on directions.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index direction_items = 12, direction_axes = 16, direction_payloads = 10;
inline constexpr Index direction_width = direction_axes + direction_payloads;  // of an item

struct DirectionBatch {
  Tensor queries;  // (B, 1, width): a direction with noise, and no payload
  Tensor items;    // (B, 12, width): a direction times a length, and a payload, one-hot
  Indices asked;   // (B), the item whose direction the query has
  Indices labels;  // (B), its payload
};

DirectionBatch draw_directions(Index batch, Generator& rng);

}  // namespace heed::tasks
