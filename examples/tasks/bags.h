// Bags of digits: is there a 9 in it? Only the bag has a label. Ilse, Tomczak, Welling 2018, arXiv
// 1802.04712, section 4.2, on the 8x8 digits.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "examples/data/digits.h"

namespace heed::inline HEED_REAL::tasks {

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

}  // namespace heed::inline HEED_REAL::tasks
