// What the surroundings of a program may do to it, dealt with in one place: closed descriptors, a
// reader that leaves, a full disk, errors that nobody caught.
#pragma once

#include <functional>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// The main() of every program: `return run_process([&] { return work(argc, argv); });`. Returns the
// exit code of the work; an exception is printed to stderr, and exit_code_for() says its code.
//
// While the work goes on, descriptors 0, 1 and 2 are open (on /dev/null when the program was
// started without), so that no file takes their place; a pipe without a reader and a file beyond
// the user's limit are errors of the write, not signals that end the program; and std::cout is
// written by us. That nobody listens any more (a pipe without a reader, a terminal that was closed)
// changes nothing else. Any other failure to write it is said on stderr and makes code 0 bad_file.
int run_process(const std::function<int()>& work);

}  // namespace heed::inline HEED_REAL
