#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {
namespace {

// Of this thread: an operation counts on the thread that called it, whoever computes its tiles.
thread_local int ledgers_alive = 0;
thread_local Cost total;

}  // namespace

Ledger::Ledger() : at_start_(total) { ++ledgers_alive; }

Ledger::~Ledger() { --ledgers_alive; }

Cost Ledger::cost() const {
  return {total.multiply_adds - at_start_.multiply_adds, total.bytes - at_start_.bytes};
}

void count_cost(std::uint64_t multiply_adds, std::uint64_t bytes) {
  if (ledgers_alive == 0) return;
  total.multiply_adds += multiply_adds;
  total.bytes += bytes;
}

}  // namespace heed::inline HEED_REAL
