#include "autograd/kernels/recurrent_steps.h"

#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {

void count_steps(const Steps& steps, Index n) {
  const auto rows = static_cast<std::uint64_t>(steps.count * steps.batch);
  const auto wide = static_cast<std::uint64_t>(n),
             hidden = static_cast<std::uint64_t>(steps.hidden);
  count_cost(rows * wide * hidden,
             (2 * rows * wide + 2 * rows * hidden + wide * hidden) * sizeof(Real));
}

}  // namespace heed::inline HEED_REAL
