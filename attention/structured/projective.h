// The sum over projective trees by spans: the half of trees.h that needs a chart. Scores are
// checked there.
#pragma once

#include "attention/structured/trees.h"

namespace heed::inline HEED_REAL::attention {

Tensor projective_log_partition(const TreeScores& scores);

}  // namespace heed::inline HEED_REAL::attention
