// What the two tasks on content and location have in common: a row of items with a key and a value,
// and nothing in an item that says where it stands; the study, and the record.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/study/task.h"

namespace heed::tasks {

inline constexpr Index place_items = 16;  // in a row, and as many questions
inline constexpr Index place_keys = 32;   // of which a row has 16
inline constexpr Index place_values = 10;
inline constexpr Index longest_step = 3;

struct PlaceBatch {
  Indices keys;    // (B, 16), distinct in a row
  Indices values;  // (B, 16)
  // (B, 16): which item is meant, as a key, or from place_keys on as a place.
  Indices asked;
  Indices meant;   // (B, 16): where it lies
  Indices labels;  // (B, 16): its value
};

struct Question {
  std::int32_t place;     // of the item that is meant
  std::int32_t by_place;  // what is said of its place; -1: its key is named
};
// The next question, after one for the item at `last` (-1: it is the first).
using Ask = Question (*)(std::int32_t last, Generator& rng);
PlaceBatch draw_places(Index batch, Ask ask, Generator& rng);

// Half of the questions name a key, half the place j as j.
Question ask_slot_or_key(std::int32_t last, Generator& rng);
// Half of the questions name a key; half, as far as the row goes, the place d behind the item meant
// by the question before, as d - 1.
Question ask_step_or_key(std::int32_t last, Generator& rng);

// A record with all that the two have in common; the questions are drawn like this.
study::Task on_places(Ask ask);

}  // namespace heed::tasks
