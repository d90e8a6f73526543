// heed_bench: the rows under google-benchmark, for work on one of them.
//
//   heed_bench --benchmark_filter=attention/ --benchmark_repetitions=5
#include <benchmark/benchmark.h>

#include "autograd/threads.h"
#include "bench/measure.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

void measure(benchmark::State& state, const Row& row) {
  const Work work = row.prepare();
  work.run();  // its memory comes from the system
  const Footprint once = footprint_of(work);
  for (auto _ : state) work.run();
  using benchmark::Counter;
  state.counters["peak"] =
      Counter(static_cast<double>(once.peak_bytes), Counter::kDefaults, Counter::kIs1024);
  state.counters["allocations"] = static_cast<double>(once.system_allocations);
  if (once.multiply_adds > 0) {
    state.counters["FLOPS"] =
        Counter(2 * static_cast<double>(once.multiply_adds), Counter::kIsIterationInvariantRate);
  }
}

}  // namespace
}  // namespace heed::inline HEED_REAL::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  heed::set_threads(1);
  for (const auto& row : heed::bench::rows()) {
    benchmark::RegisterBenchmark(
        (row.group + "/" + row.name).c_str(),
        [&row](benchmark::State& state) { heed::bench::measure(state, row); })
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::RunSpecifiedBenchmarks();
}
