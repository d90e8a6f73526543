// Scans: a running result at every place of an axis.
#include "autograd/ops/scan.h"

#include "autograd/graph.h"
#include "autograd/kernels/scan.h"
#include "autograd/ledger.h"

namespace heed::inline HEED_REAL {

Tensor cumsum(const Tensor& x, int axis, bool reverse) {
  axis = x.shape().axis(axis, "cumsum");
  Tensor y = Tensor::empty(x.shape());
  running_sums(x.data(), y.mutable_data(), lines_of(x.shape(), axis), reverse);
  count_cost(0, 2 * static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return differentiable(
      "cumsum", y, wrt(x, [axis, reverse](const Tensor& g) { return cumsum(g, axis, !reverse); }));
}

}  // namespace heed::inline HEED_REAL
