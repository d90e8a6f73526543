#include "autograd/ops/selection.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/ops/choice.h"
#include "autograd/ops/ids.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/shape_ops.h"

namespace heed::inline HEED_REAL {
namespace {

void check_defined(const char* op, const Mask& mask) {
  if (!mask.defined()) throw ValueError(std::string("[") + op + "] the mask is undefined");
}

}  // namespace

Tensor masked_select(const Tensor& x, const Mask& mask) {
  check_defined("masked_select", mask);
  const Shape shape = broadcast(x.shape(), mask.shape(), "masked_select");
  const Tensor holds = expand(to_tensor(mask), shape);
  std::vector<std::int32_t> places;
  for (Index i = 0; i < shape.size(); ++i) {
    if (holds.data()[i] != 0) places.push_back(checked_id("masked_select", i));
  }
  return index_select(reshape(expand(x, shape), {shape.size()}), Indices(std::move(places)));
}

Indices nonzero(const Mask& mask) {
  check_defined("nonzero", mask);
  const int rank = mask.shape().rank();
  std::vector<std::int32_t> positions;
  Index count = 0;
  for (Index i = 0; i < mask.size(); ++i) {
    if (!mask[i]) continue;
    ++count;
    Index rest = mask.size(), offset = i;
    for (int axis = 0; axis < rank; ++axis) {
      rest /= mask.shape()[axis];
      positions.push_back(checked_id("nonzero", offset / rest));
      offset %= rest;
    }
  }
  return {{count, rank}, std::move(positions)};
}

Indices nonzero(const Tensor& x) { return nonzero(ne(x, 0)); }

Tensor unique(const Tensor& x) {
  std::vector<Real> values(x.values().begin(), x.values().end());
  std::sort(values.begin(), values.end(),
            [](Real a, Real b) { return a < b || (std::isnan(b) && !std::isnan(a)); });
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return Tensor({static_cast<Index>(values.size())}, values);
}

}  // namespace heed::inline HEED_REAL
