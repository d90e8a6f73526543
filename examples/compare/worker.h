// The hidden command `heed worker`: one training run in a process of its own.
#pragma once

#include <string>
#include <vector>

#include "examples/study/run.h"

namespace heed::compare {

// The command line of the worker for a trial: the word, and the trial as one line of JSON.
std::vector<std::string> worker_arguments(const study::Trial& trial);

// Runs the trial on one thread and reports on standard output as worker_pool.h says.
int run_worker(const std::vector<std::string>& arguments);

}  // namespace heed::compare
