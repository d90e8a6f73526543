// Order along an axis.
#include "autograd/ops/order.h"

#include <fmt/format.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/errors.h"
#include "autograd/kernels/order.h"
#include "autograd/ledger.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

// The places of the first k in the order asked for, for every line along the axis.
Indices first_places(const char* op, const Tensor& x, int axis, Index k, bool descending) {
  const Lines lines = lines_of(x.shape(), axis);
  checked_id(op, lines.n - 1);
  std::vector<std::int32_t> places(static_cast<std::size_t>(lines.outer * k * lines.inner));
  find_first_in_order(x.data(), lines, k, descending, places.data());
  count_cost(0, static_cast<std::uint64_t>(x.size()) * sizeof(Real));
  return {x.shape().with(axis, k), std::move(places)};
}

}  // namespace

Sorted sort(const Tensor& x, int axis, bool descending) {
  axis = x.shape().axis(axis, "sort");
  const Indices places = first_places("sort", x, axis, x.dim(axis), descending);
  return {take_along(x, places, axis), places};
}

Indices argsort(const Tensor& x, int axis, bool descending) {
  axis = x.shape().axis(axis, "argsort");
  return first_places("argsort", x, axis, x.dim(axis), descending);
}

Sorted topk(const Tensor& x, Index k, int axis, bool largest) {
  axis = x.shape().axis(axis, "topk");
  if (k < 0 || k > x.dim(axis)) {
    throw ValueError(fmt::format("[topk] k = {} is outside [0, {}], the extent of axis {} of {}", k,
                                 x.dim(axis), axis, x.shape().str()));
  }
  const Indices places = first_places("topk", x, axis, k, largest);
  return {take_along(x, places, axis), places};
}

}  // namespace heed::inline HEED_REAL
