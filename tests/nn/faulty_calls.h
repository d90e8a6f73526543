// The system's calls, of which one fails.
#pragma once

#include <string>
#include <vector>

#include "nn/files/system_calls.h"

namespace heed_test {

enum class Fault {
  none,
  disk_full,     // ENOSPC
  broken_disk,   // EIO
  interrupted,   // EINTR, as a signal makes it: the caller may try again
  short_write,   // only half of what was to be written is
  crash_before,  // the process ends: neither this call nor any after it does anything
  crash_after,   // the same, once this call is done
};

struct FaultyCalls {
  Fault fault = Fault::none;
  int at = 0;  // which call, from 1 on
  // What happened.
  std::vector<std::string> names;
  bool crashed = false;

  // Valid as long as this lives.
  heed::nn::SystemCalls calls();
};

}  // namespace heed_test
