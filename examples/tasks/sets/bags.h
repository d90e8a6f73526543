// The generator and the metric of the bag task, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/data/digits.h"

namespace heed::tasks {

inline constexpr std::int32_t key_digit = 9;
inline constexpr Index smallest_bag = 4;
inline constexpr Index largest_bag = 16;

// Size round(N(10, 2)) within 4 ... 16. Half of the bags hold exactly one 9, the others none.
struct BagBatch {
  Tensor instances;           // (B, 16, 64): zeros beyond the size of the bag
  std::vector<Index> sizes;   // (B)
  Indices labels;             // (B): 1 with a 9
  Indices key;                // (B): where the 9 is; -1 without
};
BagBatch draw_bags(Index batch, const data::Digits& digits, Generator& rng);

// The probability that a positive scores above a negative (ties count half): the area under the ROC
// curve. 0.5 is chance. Throws ValueError unless both kinds are there.
double area_under_curve(const std::vector<double>& scores, const std::vector<std::int32_t>& labels);

}  // namespace heed::tasks
