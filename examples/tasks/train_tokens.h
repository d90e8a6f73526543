// Training on the tasks where every asked position has its answer in the same pass.
#pragma once

#include "examples/tasks/task.h"
#include "examples/tasks/token_batch.h"

namespace heed::inline HEED_REAL::tasks {

Outcome train_tokens(const Task& task, const TokenTask& tokens, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
