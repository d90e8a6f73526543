// Order along an axis.
#include "autograd/ops/order.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/errors.h"
#include "autograd/kernels/axis_runs.h"
#include "autograd/ledger.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/ids.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

using Key = std::conditional_t<sizeof(Real) == 8, std::uint64_t, std::uint32_t>;

// A number as a whole number with the same order: all NaN equal and largest, -0 equal to 0.
Key key_of(Real value) {
  constexpr Key sign = Key{1} << (sizeof(Key) * 8 - 1);
  if (value != value) return ~Key{0};
  const auto bits = std::bit_cast<Key>(value + Real{0});  // -0 + 0 = 0
  return bits & sign ? ~bits : bits | sign;
}

struct Item {
  Key key;
  std::int32_t place;
  friend bool operator<(const Item& a, const Item& b) {
    return a.key != b.key ? a.key < b.key : a.place < b.place;
  }
};

// The places of the first k in the order asked for, for every line along the axis.
Indices first_places(const char* op, const Tensor& x, int axis, Index k, bool descending) {
  const Lines lines = lines_of(x.shape(), axis);
  checked_id(op, lines.n - 1);
  std::vector<std::int32_t> places(static_cast<std::size_t>(lines.outer * k * lines.inner));
  const Index together = std::max<Index>(1, (Index{1} << 13) / std::max<Index>(lines.n, 1));
  const Index count = k == 0 ? 0 : lines.outer * lines.inner;
  parallel_for((count + together - 1) / together, [&](Index tile) {
    std::vector<Item> items(static_cast<std::size_t>(lines.n));
    const Index stop = std::min(count, (tile + 1) * together);
    for (Index line = tile * together; line < stop; ++line) {
      const Index o = line / lines.inner, j = line % lines.inner;
      const Real* from = x.data() + o * lines.n * lines.inner + j;
      for (Index i = 0; i < lines.n; ++i) {
        const Key key = key_of(from[i * lines.inner]);
        items[static_cast<std::size_t>(i)] = {descending ? ~key : key,
                                              static_cast<std::int32_t>(i)};
      }
      if (k < lines.n) std::nth_element(items.begin(), items.begin() + k, items.end());
      std::sort(items.begin(), items.begin() + k);
      std::int32_t* to = places.data() + o * k * lines.inner + j;
      for (Index i = 0; i < k; ++i) to[i * lines.inner] = items[static_cast<std::size_t>(i)].place;
    }
  });
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
