// heed_bench_worker: does the rows that somebody asks for on stdin (serve.h).
// bench/compare_torch.py is who asks.
#include <iostream>

#include "autograd/threads.h"
#include "bench/serve.h"

int main() {
  heed::set_threads(1);
  heed::bench::serve(std::cin, std::cout);
}
