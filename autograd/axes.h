// Which axes a reduction takes away.
#pragma once

#include <concepts>
#include <initializer_list>
#include <utility>
#include <vector>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// One axis or a list of them: sum(x, -1), sum(x, {0, 2}). Negative ones count from the end; no axes
// ({}) leave every element by itself. A whole number only: max(x, 0.5) does not compile, where
// maximum(x, 0.5) was meant, and neither does sum(x, true).
class Axes {
 public:
  template <std::integral I>
  requires(!std::same_as<I, bool>) Axes(I axis) : axes_{static_cast<int>(axis)} {}
  Axes(std::initializer_list<int> axes) : axes_(axes) {}
  Axes(std::vector<int> axes) : axes_(std::move(axes)) {}

  operator const std::vector<int>&() const { return axes_; }

 private:
  std::vector<int> axes_;
};

}  // namespace heed::inline HEED_REAL
