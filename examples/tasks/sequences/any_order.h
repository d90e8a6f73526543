// The generator of the task on texts in any order, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"

namespace heed::tasks {

inline constexpr Index said_once = 8, said_twice = 2 * said_once;
inline constexpr std::int32_t said_values = 10;

// A word, and the same word again; and an order in which it is learned.
struct TwiceBatch {
  Indices tokens;  // (B, 16)
  Indices order;   // (B, 16): the rank of each token
};
TwiceBatch draw_twice(Index batch, Generator& rng);

// The same with the later half of the order taken away, as in use, where it is not known: tokens of
// rank 8 and more become said_values, and come all at once, with the rank 8.
TwiceBatch with_half_unknown(const TwiceBatch& batch);
// The tokens of rank 8 and more whose twin has a lower one; -100 elsewhere. (B, 16)
Indices answers_of(const TwiceBatch& batch);

}  // namespace heed::tasks
