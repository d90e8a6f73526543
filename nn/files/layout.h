// Where the elements of a tensor lie in an array: in C order, or not.
#pragma once

#include <array>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL::nn {

// Element (i, j, ...) lies at first + i * steps[0] + j * steps[1] + ...
struct Layout {
  Shape shape;
  std::array<Index, Shape::max_rank> steps{};
  Index first = 0;

  static Layout packed(const Shape& shape);  // C order
  bool is_packed() const;                    // but for where it begins
  Layout transposed() const;                 // the last two axes in the other order
  Layout sliced(int axis, Index begin, Index count) const;
};

// Calls run(from, to) for the first element of every row along the last axis, where `from` and `to`
// are its places in either layout; both are of one shape, which is not empty.
template <class Run>
void each_row(const Layout& from, const Layout& to, Run&& run) {
  std::array<Index, Shape::max_rank> at{};
  const int last = from.shape.rank() - 1;
  Index a = from.first, b = to.first;
  while (true) {
    run(a, b);
    int axis = last - 1;
    for (; axis >= 0; --axis) {
      const auto i = static_cast<std::size_t>(axis);
      a += from.steps[i];
      b += to.steps[i];
      if (++at[i] < from.shape[axis]) break;
      a -= from.steps[i] * at[i];
      b -= to.steps[i] * at[i];
      at[i] = 0;
    }
    if (axis < 0) return;
  }
}

}  // namespace heed::inline HEED_REAL::nn
