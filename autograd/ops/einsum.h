// Sums of products, written with letters for axes (Einstein's convention, as np.einsum and
// torch.einsum have it).
#pragma once

#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

//   einsum("bhqd,bhkd->bhqk", {q, k})      scores of attention
//   einsum("...ij,...jk", {a, b})          matmul: the letters that occur once are the output
//   einsum("ii->i", {a}), einsum("ii", {a})  the diagonal, the trace
//
// One term of letters an operand, a letter an axis, "..." for any axes in front, behind or between.
// Where a letter is in several operands the axes must agree (extent 1 stretches); where it is twice
// in one, the diagonal is taken; what is not in the output is summed. Without "->" the output is
// "..." and then every letter that occurs once, in alphabetical order, capitals first. An output
// without "..." sums those axes (PyTorch; NumPy refuses). Spaces mean nothing.
//
// Operands are contracted from left to right, each pair by one batched matmul, so their order
// decides the cost; what only one of them has is summed first. Throws ValueError, naming the
// position, on what is no equation, and ShapeError where the operands do not fit it.
Tensor einsum(const std::string& equation, const std::vector<Tensor>& operands);

}  // namespace heed::inline HEED_REAL
