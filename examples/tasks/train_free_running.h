// Training a small language model on the repeated word, and letting it write on its own.
#pragma once

#include "examples/tasks/task.h"

namespace heed::inline HEED_REAL::tasks {

// The score is the accuracy when the model reads what it wrote itself; details hold the accuracy
// when it is fed the right tokens ("forced").
Outcome train_free_running(const Task& task, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
