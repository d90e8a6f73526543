// Ctrl-C, SIGTERM, a terminal that is closed and a limit of processor time as a polite request: the
// training loop finishes its step, saves and leaves.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// While one lives, the first SIGINT, SIGTERM, SIGHUP or SIGXCPU only sets a flag. From then on
// Ctrl-C and SIGTERM have their default action again, so that a second one ends the process at
// once. SIGHUP has not: who closes a terminal may send it twice. Where it is ignored, as under
// nohup, it stays so. One at a time.
class StopRequest {
 public:
  StopRequest();
  ~StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;

  static bool received();
};

}  // namespace heed::inline HEED_REAL
