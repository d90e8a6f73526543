#include "examples/interrupt.h"

#include <csignal>

namespace heed::inline HEED_REAL {
namespace {

struct Request {
  int signal;
  bool once;               // the second has its default action
  bool unless_ignored;     // stays ignored where it is
};

constexpr Request requests[] = {
    {SIGINT, true, false}, {SIGTERM, true, false}, {SIGHUP, false, true}, {SIGXCPU, false, true}};

volatile std::sig_atomic_t stop_received = 0;

void note_stop(int) { stop_received = 1; }

bool is_ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

StopRequest::StopRequest() {
  stop_received = 0;
  for (const Request& request : requests) {
    if (request.unless_ignored && is_ignored(request.signal)) continue;
    struct sigaction action {};
    action.sa_handler = note_stop;
    action.sa_flags = SA_RESTART;
    if (request.once) action.sa_flags |= static_cast<int>(SA_RESETHAND);
    sigemptyset(&action.sa_mask);
    sigaction(request.signal, &action, nullptr);
  }
}

StopRequest::~StopRequest() {
  for (const Request& request : requests) {
    if (!is_ignored(request.signal)) std::signal(request.signal, SIG_DFL);
  }
}

bool StopRequest::received() { return stop_received != 0; }

}  // namespace heed::inline HEED_REAL
