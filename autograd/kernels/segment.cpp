#include "autograd/kernels/segment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/kernels/pieces.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr Real below_all = -std::numeric_limits<Real>::infinity();

// work(begin, end) for columns that belong to one tile; which, depends on the shape alone.
template <class Work>
void for_columns(const SegmentRows& segments, Work work) {
  constexpr Index tile_size = Index{1} << 14, narrowest = 16;
  const Index rows = std::max<Index>(1, segments.rows);
  for_pieces(segments.columns, rows, std::max(tile_size, narrowest * rows), work);
}

// The largest of each segment in columns [begin, end). found(row, column, segment's place) is told
// of every new one.
template <class Found>
void look_for_largest(const Real* x, const SegmentRows& segments, Index begin, Index end,
                      Real* largest, Found found) {
  for (Index i = 0; i < segments.count; ++i) {
    std::fill(largest + i * segments.columns + begin, largest + i * segments.columns + end,
              below_all);
  }
  for (Index i = 0; i < segments.rows; ++i) {
    for (Index j = begin; j < end; ++j) {
      const Index at = segments.ids[i] * segments.columns + j;
      const Real value = x[i * segments.columns + j];
      const bool above = value > largest[at] || (std::isnan(value) && !std::isnan(largest[at]));
      if (!above) continue;
      largest[at] = value;
      found(i * segments.columns + j, at);
    }
  }
}

}  // namespace

void segment_largest(const Real* x, const SegmentRows& segments, Real* y, std::uint8_t* first) {
  const Index places = segments.count * segments.columns;
  std::vector<Index> where(static_cast<std::size_t>(places), -1);
  for_columns(segments, [&](Index begin, Index end) {
    look_for_largest(x, segments, begin, end, y, [&](Index from, Index at) {
      where[static_cast<std::size_t>(at)] = from;
    });
  });
  for (const Index at : where) {
    if (at >= 0) first[at] = 1;
  }
}

void segment_shares(const Real* x, const SegmentRows& segments, Real* y) {
  const auto places = static_cast<std::size_t>(segments.count * segments.columns);
  std::vector<Real> largest(places);
  std::vector<double> total(places, 0);
  for_columns(segments, [&](Index begin, Index end) {
    look_for_largest(x, segments, begin, end, largest.data(), [](Index, Index) {});
    const auto each = [&](auto&& work) {
      for (Index i = 0; i < segments.rows; ++i) {
        for (Index j = begin; j < end; ++j) {
          work(i * segments.columns + j,
               static_cast<std::size_t>(segments.ids[i] * segments.columns + j));
        }
      }
    };
    each([&](Index from, std::size_t at) {
      y[from] = largest[at] == below_all ? Real{0} : std::exp(x[from] - largest[at]);
      total[at] += static_cast<double>(y[from]);
    });
    each([&](Index from, std::size_t at) {
      if (total[at] != 0) y[from] = static_cast<Real>(static_cast<double>(y[from]) / total[at]);
    });
  });
}

}  // namespace heed::inline HEED_REAL
