#include "autograd/kernels/order.h"

#include <algorithm>
#include <bit>
#include <type_traits>
#include <vector>

#include "autograd/kernels/pieces.h"

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

}  // namespace

void find_first_in_order(const Real* x, const Lines& lines, Index k, bool descending,
                         std::int32_t* places) {
  const Index count = k == 0 ? 0 : lines.outer * lines.inner;
  for_pieces(count, lines.n, Index{1} << 13, [&](Index begin, Index end) {
    std::vector<Item> items(static_cast<std::size_t>(lines.n));
    for (Index line = begin; line < end; ++line) {
      const Index o = line / lines.inner, j = line % lines.inner;
      const Real* from = x + o * lines.n * lines.inner + j;
      for (Index i = 0; i < lines.n; ++i) {
        const Key key = key_of(from[i * lines.inner]);
        items[static_cast<std::size_t>(i)] = {descending ? ~key : key,
                                              static_cast<std::int32_t>(i)};
      }
      if (k < lines.n) std::nth_element(items.begin(), items.begin() + k, items.end());
      std::sort(items.begin(), items.begin() + k);
      std::int32_t* to = places + o * k * lines.inner + j;
      for (Index i = 0; i < k; ++i) to[i * lines.inner] = items[static_cast<std::size_t>(i)].place;
    }
  });
}

}  // namespace heed::inline HEED_REAL
