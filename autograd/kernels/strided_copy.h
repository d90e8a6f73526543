// Moves values between layouts: the one loop under permute, expand, slice, flip and concat.
#pragma once

#include <array>

#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

using Strides = std::array<Index, Shape::max_rank>;

// The strides of a contiguous array, in elements.
Strides contiguous_strides(const Shape& shape);

// to[i] = from[i] for every index i of `shape`, each side walked with its own strides (0 and
// negative are fine for `from`).
void rearrange(const Shape& shape, Real* to, const Strides& to_strides, const Real* from,
               const Strides& from_strides);
// The same, counted in the ledger: for operations that do nothing else.
void strided_copy(const Shape& shape, Real* to, const Strides& to_strides, const Real* from,
                  const Strides& from_strides);

// to (columns, rows) = the transpose of from (rows, columns), as it is multiplied with from the
// right. Not counted.
void turn_matrix(Index rows, Index columns, const Real* from, Real* to);

}  // namespace heed::inline HEED_REAL
