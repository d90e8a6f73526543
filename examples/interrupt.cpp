#include "examples/interrupt.h"

#include <csignal>

namespace heed::inline HEED_REAL {
namespace {

volatile std::sig_atomic_t stop_received = 0;

void note_stop(int) { stop_received = 1; }

}  // namespace

StopRequest::StopRequest() {
  stop_received = 0;
  struct sigaction action {};
  action.sa_handler = note_stop;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

StopRequest::~StopRequest() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

bool StopRequest::received() { return stop_received != 0; }

}  // namespace heed::inline HEED_REAL
