// Ctrl-C and SIGTERM as a polite request: the training loop finishes its step, saves and leaves.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// While one lives, the first SIGINT or SIGTERM only sets a flag. From then on the signal has its
// default action again, so that a second Ctrl-C ends the process at once. One at a time.
class StopRequest {
 public:
  StopRequest();
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  static bool received();
};

}  // namespace heed::inline HEED_REAL
