// Why scores are divided by sqrt(d): how much gradient the softmax lets through at the start of
// training, with the scores as they come and divided, in heads of several sizes.
#pragma once

#include <vector>

#include "autograd/real.h"

namespace heed::compare {

struct ScoreGradient {
  int size = 0;       // d, of a head
  double plain = 0;   // q . k
  double scaled = 0;  // q . k / sqrt(d)
};

// The mean length of the gradient of one weight by its 16 scores, over 2000 queries, for queries
// and keys of independent standard normal numbers. For d = 8, 32, 128.
std::vector<ScoreGradient> score_gradients();

}  // namespace heed::compare
