// What can be scored without solving a task, and what cannot be surpassed: computed, not typed in.
#pragma once

#include "attention/masks.h"

namespace heed::study {

// E[largest count] / n for n independent uniform draws out of `values`: the accuracy of a model
// that sees only the bag of n visible tokens and always answers the most frequent one. A mechanism
// replaced by the mean usually lands here and not at chance.
double mode_floor(Index n, Index values);

// Where the answers of a task on sequences lie, when that depends on positions only.
struct Sources {
  Index length = 0;   // T
  Index groups = 1;   // questions a position
  Index answers = 0;  // classes of each answer
  // The position that alone tells the answer to question `group` at position i, -1 where nothing is
  // asked.
  Index (*of)(Index i, Index group) = nullptr;
  bool whole = false;  // the score counts sequences without a mistake, not answers
};

// The best accuracy of `layers` layers, each of which sees only what `pattern` shows and the
// position itself: the share f of the questions whose source is visible, and a guess among
// `answers` for the others, f + (1 - f) / answers; of whole sequences, a right guess for each of
// the others. A score above is a leak, a score below a failed training.
double pattern_ceiling(const Sources& sources, const attention::Pattern& pattern, Index layers = 1);

}  // namespace heed::study
