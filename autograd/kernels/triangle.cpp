#include "autograd/kernels/triangle.h"

#include <algorithm>

#include "autograd/kernels/rows.h"

namespace heed::inline HEED_REAL {
namespace {

// The columns [from(i), to(i)) of row i of every matrix, zeros elsewhere.
template <class From, class To>
void copy_part(const Real* x, Real* y, const MatrixRows& matrices, From from, To to) {
  const Index n = matrices.width;
  for_row_tiles(matrices.rows, n, [&](Index, Index first, Index last) {
    for (Index r = first; r < last; ++r) {
      const Index begin = std::clamp<Index>(from(r % matrices.height), 0, n);
      const Index end = std::clamp<Index>(to(r % matrices.height), 0, n);
      Real* row = y + r * n;
      std::fill(row, row + begin, Real{0});
      std::copy(x + r * n + begin, x + r * n + end, row + begin);
      std::fill(row + end, row + n, Real{0});
    }
  });
}

}  // namespace

void copy_lower(const Real* x, Real* y, const MatrixRows& matrices, Index k) {
  copy_part(
      x, y, matrices, [](Index) { return Index{0}; }, [k](Index i) { return i + k + 1; });
}

void copy_upper(const Real* x, Real* y, const MatrixRows& matrices, Index k) {
  copy_part(
      x, y, matrices, [k](Index i) { return i + k; },
      [&matrices](Index) { return matrices.width; });
}

}  // namespace heed::inline HEED_REAL
