// Runs the program itself several times side by side: no shared allocator, ledger or counters, and
// a crash costs one run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/real.h"

namespace heed::compare {

// What a worker says on its standard output, a line each.
inline constexpr char says_progress = 'P';  // "P 120 300": steps done, of how many
inline constexpr char says_result = 'R';    // "R {...}"

struct Finished {
  std::string result;   // what came after "R "; empty when there was none
  std::string message;  // the last lines that were neither progress nor result
  int exit_code = 0;    // 128 + the number of the signal that ended it
};

struct PoolEvents {
  std::function<void(std::size_t job)> started = {};
  std::function<void(std::size_t job, double done)> progress = {};  // done in [0, 1]
  std::function<void(std::size_t job, const Finished&)> finished = {};
  std::function<bool()> stop = {};  // asked often: end everything now?
};

// Starts each job, a list of arguments for this program, `at_once` at a time, in order, each on one
// core's worth of work. Returns when all are done, or, after stop(), when all that ran are ended;
// jobs that were ended do not count as finished. Throws IoError when the system refuses a process.
void run_workers(const std::vector<std::vector<std::string>>& jobs, int at_once,
                 const PoolEvents& events);

}  // namespace heed::compare
