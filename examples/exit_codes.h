// What the programs end with, and which error means what.
#pragma once

#include <exception>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct ExitCode {
  static constexpr int ok = 0;
  static constexpr int failed = 1;
  static constexpr int wrong_usage = 2;
  static constexpr int bad_file = 3;  // missing, damaged, or a folder that cannot be written
  static constexpr int non_finite = 4;
  static constexpr int interrupted = 130;
};

// The exit code for an error that ended the program.
int exit_code_for(const std::exception& error);

}  // namespace heed::inline HEED_REAL
