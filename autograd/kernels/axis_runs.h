// Which axes a reduction takes away, as runs of neighbours: over a run a tensor is (outer, n,
// inner), and a kernel needs to know no more.
#pragma once

#include <vector>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

// x seen as (outer, n, inner), the result as (outer, inner).
struct Lines {
  Index outer = 1;
  Index n = 1;
  Index inner = 1;
};

// The neighbouring axes [from, to).
struct AxisRun {
  int from = 0;
  int to = 0;
};

class GoneAxes {
 public:
  // Throws, naming `op`, ShapeError when there is no such axis and ValueError when one is named
  // twice.
  GoneAxes(const Shape& shape, const std::vector<int>& axes, const char* op);
  // All of them.
  explicit GoneAxes(const Shape& shape);

  const std::vector<int>& sorted() const { return axes_; }
  // The last first, so that the axes before it keep their places. No axes at all are one run of
  // nothing: n = 1.
  const std::vector<AxisRun>& runs() const { return runs_; }
  // How many elements become one.
  Index count() const;
  // The shape of the result with the axes at extent 1, and without them.
  Shape kept() const;
  Shape left() const;
  Shape result(bool keepdims) const { return keepdims ? kept() : left(); }
  // The other axes, then these.
  std::vector<int> order_to_end() const;

 private:
  void find_runs();

  Shape shape_;
  std::vector<int> axes_;
  std::vector<AxisRun> runs_;
};

Lines lines_of(const Shape& shape, const AxisRun& run);
inline Lines lines_of(const Shape& shape, int axis) { return lines_of(shape, {axis, axis + 1}); }
// `shape` with the axes of the run at extent 1.
Shape folded(const Shape& shape, const AxisRun& run);

}  // namespace heed::inline HEED_REAL
