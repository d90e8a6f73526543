// What can be scored without solving a task, and what cannot be surpassed: computed, not typed in.
#pragma once

#include "attention/masks.h"
#include "examples/tasks/token_batch.h"

namespace heed::inline HEED_REAL::tasks {

// E[largest count] / n for n independent uniform draws out of `values`: the accuracy of a model
// that sees only the bag of n visible tokens and always answers the most frequent one. A mechanism
// replaced by the mean usually lands here and not at chance.
double mode_floor(Index n, Index values);

// The best accuracy of one layer that sees only what `pattern` shows: the share f of the questions
// whose source is visible, and a guess among `answers` for the others, f + (1 - f) / answers. 1
// where sources depend on the content. A score above is a leak, a score below a failed training.
double pattern_ceiling(const TokenTask& task, const attention::Pattern& pattern);

}  // namespace heed::inline HEED_REAL::tasks
