#include "nn/files/layout.h"

#include <utility>

namespace heed::inline HEED_REAL::nn {

Layout Layout::packed(const Shape& shape) {
  Layout layout{.shape = shape};
  Index step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    layout.steps[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return layout;
}

bool Layout::is_packed() const { return steps == packed(shape).steps; }

Layout Layout::transposed() const {
  const int last = shape.rank() - 1;
  Layout result = *this;
  result.shape = shape.with(last, shape[last - 1]).with(last - 1, shape[last]);
  std::swap(result.steps[static_cast<std::size_t>(last)],
            result.steps[static_cast<std::size_t>(last - 1)]);
  return result;
}

Layout Layout::sliced(int axis, Index begin, Index count) const {
  Layout result = *this;
  result.shape = shape.with(axis, count);
  result.first += begin * steps[static_cast<std::size_t>(axis)];
  return result;
}

}  // namespace heed::inline HEED_REAL::nn
