// What the four tasks on scores have in common: their sets, their study, their record.
#pragma once

#include <vector>

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"
#include "examples/study/task.h"

namespace heed::tasks {

inline constexpr Index score_items = 12;
inline constexpr Index score_payloads = 10;

// A set of items and one query that means one of them. The payload of an item, one-hot, takes its
// last 10 numbers, scaled down so far that it weighs nothing in a score; those of the query are 0.
struct ScoreBatch {
  Tensor query;   // (B, 1, C)
  Tensor items;   // (B, 12, C)
  Indices meant;  // (B): which item
  Indices label;  // (B): its payload
};
inline constexpr double payload_scale = 1e-2;

// How a query comes about from the keys (12, C - 10) of its set and the number of the item that it
// means; it may change the keys.
using MakeQuery = void (*)(std::vector<Real>& keys, Index key_width, Index meant,
                           std::vector<Real>& query, Generator& rng);
ScoreBatch draw_scores(Index batch, Index width, MakeQuery make, Generator& rng);

// The key of the item, its numbers moved on by one place: a rotation.
void ask_rotated(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
                 Generator& rng);
// Keys of lengths e^N(0, 1); the direction of the item's, with noise.
void ask_direction(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
                   Generator& rng);
// Points in the plane; the item's, with a little noise.
void ask_near(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
              Generator& rng);
// The number of the item, one-hot.
void ask_slot(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
              Generator& rng);

// A record with all that the four have in common; the query is made like this.
study::Task on_scores(MakeQuery make);
// The option of a score of the vectors as they are.
inline const study::Changes as_they_are = {{"projections", 0}};

}  // namespace heed::tasks
