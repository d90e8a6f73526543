#include "bench/measure.h"

#include <sys/resource.h>

#include <ctime>

#include "autograd/ledger.h"
#include "autograd/memory.h"

namespace heed::inline HEED_REAL::bench {
namespace {

std::int64_t now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt + usage.ru_majflt;
}

}  // namespace

Nanoseconds time_of(const Work& work, Index repetitions) {
  const std::int64_t wall = now(CLOCK_MONOTONIC);
  const std::int64_t processor = now(CLOCK_PROCESS_CPUTIME_ID);
  for (Index i = 0; i < repetitions; ++i) work.run();
  return {now(CLOCK_MONOTONIC) - wall, now(CLOCK_PROCESS_CPUTIME_ID) - processor};
}

Footprint footprint_of(const Work& work) {
  const Ledger ledger;
  memory::reset_peak();
  const memory::Counters before = memory::counters();
  const std::int64_t faults = page_faults();
  work.run();
  const memory::Counters after = memory::counters();
  return {.multiply_adds = ledger.cost().multiply_adds,
          .peak_bytes = after.peak_bytes - before.live_bytes,
          .system_allocations = after.system_calls - before.system_calls,
          .page_faults = page_faults() - faults};
}

}  // namespace heed::inline HEED_REAL::bench
