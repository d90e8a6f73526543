#include "autograd/ops/strided_copy.h"

#include <algorithm>
#include <cstddef>

#include "autograd/ledger.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {
namespace {

struct Axis {
  Index extent, to, from;
};

// Axes of extent 1 dropped, neighbours merged where both sides step through them as through one.
struct Merged {
  std::array<Axis, Shape::max_rank> axes;
  int rank = 0;

  Merged(const Shape& shape, const Strides& to, const Strides& from) {
    for (int i = 0; i < shape.rank(); ++i) {
      const auto k = static_cast<std::size_t>(i);
      const Axis axis{shape.begin()[i], to[k], from[k]};
      if (axis.extent == 1) continue;
      if (rank > 0) {
        Axis& last = axes[static_cast<std::size_t>(rank) - 1];
        if (last.to == axis.to * axis.extent && last.from == axis.from * axis.extent) {
          last = {last.extent * axis.extent, axis.to, axis.from};
          continue;
        }
      }
      axes[static_cast<std::size_t>(rank++)] = axis;
    }
    while (rank < 2) axes[static_cast<std::size_t>(rank++)] = {1, 0, 0};
    if (axes[1].extent == 1) std::swap(axes[0], axes[1]);
  }
  const Axis& from_last(int i) const { return axes[static_cast<std::size_t>(rank - 1 - i)]; }
};

void copy_line(Real* to, const Real* from, const Axis& axis) {
  if (axis.to == 1 && axis.from == 1) {
    std::copy_n(from, axis.extent, to);
  } else if (axis.to == 1 && axis.from == 0) {
    std::fill_n(to, axis.extent, *from);
  } else {
    for (Index i = 0; i < axis.extent; ++i) to[i * axis.to] = from[i * axis.from];
  }
}

// One plane: in blocks when the reading side jumps along the line, so that a cache line that was
// fetched is used up before it is gone.
void copy_plane(Real* to, const Real* from, const Axis& outer, const Axis& inner) {
  constexpr Index block = 16;
  if (inner.from == 1 || inner.from == 0 || inner.extent < block) {
    for (Index i = 0; i < outer.extent; ++i)
      copy_line(to + i * outer.to, from + i * outer.from, inner);
    return;
  }
  for (Index i0 = 0; i0 < outer.extent; i0 += block) {
    const Index i1 = std::min(i0 + block, outer.extent);
    for (Index j0 = 0; j0 < inner.extent; j0 += block) {
      const Axis part{std::min(block, inner.extent - j0), inner.to, inner.from};
      for (Index i = i0; i < i1; ++i) {
        copy_line(to + i * outer.to + j0 * inner.to, from + i * outer.from + j0 * inner.from, part);
      }
    }
  }
}

}  // namespace

Strides contiguous_strides(const Shape& shape) {
  Strides strides{};
  Index step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = step;
    step *= shape.begin()[axis];
  }
  return strides;
}

void strided_copy(const Shape& shape, Real* to, const Strides& to_strides, const Real* from,
                  const Strides& from_strides) {
  if (shape.size() == 0) return;
  const Merged merged(shape, to_strides, from_strides);
  const Axis& inner = merged.from_last(0);
  const Axis& outer = merged.from_last(1);
  const Index plane = inner.extent * outer.extent;
  const Index planes = shape.size() / plane;
  const Index planes_a_tile = std::max<Index>(1, (Index{1} << 15) / plane);
  parallel_for((planes + planes_a_tile - 1) / planes_a_tile, [&](Index tile) {
    const Index stop = std::min(planes, (tile + 1) * planes_a_tile);
    for (Index p = tile * planes_a_tile; p < stop; ++p) {
      Real* out = to;
      const Real* in = from;
      Index rest = p;
      for (int i = 2; i < merged.rank; ++i) {
        const Axis& axis = merged.from_last(i);
        out += rest % axis.extent * axis.to;
        in += rest % axis.extent * axis.from;
        rest /= axis.extent;
      }
      copy_plane(out, in, outer, inner);
    }
  });
  count_cost(0, 2 * static_cast<std::uint64_t>(shape.size()) * sizeof(Real));
}

}  // namespace heed::inline HEED_REAL
