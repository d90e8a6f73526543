#include "autograd/ops.h"
#include "bench/row.h"

namespace heed::inline HEED_REAL::bench {
namespace {

// So small that the time is the graph's.
Work chain_work() {
  constexpr int length = 300;
  Generator rng(1);
  const Tensor x = leaf(rng, {16});
  return forward_backward({{"x", x}}, [x] {
    Tensor y = x;
    for (int i = 0; i < length; ++i) y = tanh(y);
    return y;
  });
}

}  // namespace

std::vector<Row> graph_rows() { return {{"graph", "chain_300", chain_work}}; }

}  // namespace heed::inline HEED_REAL::bench
