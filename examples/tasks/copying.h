// Copying 16 tokens of 10 from another place. The content says nothing about where to look: only
// positions do. (A plain copy y_i = x_i needs no attention and is no task.)
#pragma once

#include "examples/tasks/token_batch.h"

namespace heed::inline HEED_REAL::tasks {

inline constexpr Index copying_length = 16;
inline constexpr Index copying_values = 10;

TokenTask reverse_task();       // y_i = x[15 - i]
TokenTask shifted_copy_task();  // y_i = x[(i - 8) mod 16]
TokenTask short_copy_task();    // y_i = x[i - 2]; the first two positions are not asked

// Four copies at once, from distances 1, 4, 9 and 16, in sequences of 24: one head can look at one
// distance only, so the number of heads counts. A distance that reaches before the start is not
// asked.
inline constexpr Index distances_length = 24;
inline constexpr Index distances[] = {1, 4, 9, 16};
TokenTask distances_task();

}  // namespace heed::inline HEED_REAL::tasks
