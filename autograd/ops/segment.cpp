#include "autograd/ops/segment.h"

#include <fmt/format.h>

#include "autograd/graph.h"
#include "autograd/kernels/segment.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"

namespace heed::inline HEED_REAL {
namespace {

// The rows of x, after a look at what was given.
SegmentRows rows_of(const char* op, const Tensor& x, const Indices& segment, Index count) {
  if (count < 0) throw ValueError(fmt::format("[{}] a count of {}", op, count));
  if (x.rank() == 0 || segment.shape() != Shape{x.dim(0)}) {
    throw ShapeError(fmt::format("[{}] segment {} must name one segment for each row of x {}", op,
                                 segment.shape().str(), x.shape().str()));
  }
  check_ids(op, segment, count, fmt::format("the {} segments", count));
  return {.ids = segment.data(),
          .rows = x.dim(0),
          .columns = x.shape().erased(0).size(),
          .count = count};
}

void count_rows(const Tensor& x, std::uint64_t operations) {
  const auto size = static_cast<std::uint64_t>(x.size());
  count_cost(operations * size, 2 * size * sizeof(Real));
}

}  // namespace

Tensor segment_sum(const Tensor& x, const Indices& segment, Index count) {
  rows_of("segment_sum", x, segment, count);
  return index_add(x, segment, count);
}

Tensor segment_max(const Tensor& x, const Indices& segment, Index count) {
  const SegmentRows rows = rows_of("segment_max", x, segment, count);
  const Tensor y = Tensor::empty(x.shape().with(0, count));
  std::vector<std::uint8_t> first(static_cast<std::size_t>(x.size()));
  segment_largest(x.data(), rows, y.mutable_data(), first.data());
  count_rows(x, 1);
  return differentiable(
      "segment_max", y,
      wrt(x, [segment, first = Mask(x.shape(), std::move(first))](const Tensor& g) {
        return where(first, index_select(g, segment), 0.0);
      }));
}

Tensor segment_softmax(const Tensor& x, const Indices& segment, Index count) {
  const SegmentRows rows = rows_of("segment_softmax", x, segment, count);
  const Tensor y = Tensor::empty(x.shape());
  segment_shares(x.data(), rows, y.mutable_data());
  count_rows(x, 3);
  return differentiable(
      "segment_softmax", y, wrt(x, [segment, count](const Tensor& g, const Tensor& out) {
        const Tensor weighted = out * g;
        return weighted - out * index_select(segment_sum(weighted, segment, count), segment);
      }));
}

}  // namespace heed::inline HEED_REAL
