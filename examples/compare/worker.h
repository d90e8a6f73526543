// The hidden command `heed worker`: one training run in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "examples/tasks/task.h"

namespace heed::inline HEED_REAL::compare {

// The command line of the worker for a trial, and the other way round. Throws ValueError on
// arguments that worker_arguments() does not write.
std::vector<std::string> worker_arguments(const tasks::Trial& trial);
tasks::Trial trial_of(const std::vector<std::string>& arguments);

// Runs the trial on one thread and reports on standard output as worker_pool.h says.
int run_worker(const std::vector<std::string>& arguments);

}  // namespace heed::inline HEED_REAL::compare
