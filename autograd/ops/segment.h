// Rows by groups: what belongs to one segment is summed, compared, or shares a softmax. The edges
// that come into a node of a graph, the words of each sentence of a batch.
//
// x (E, ...), segment (E) says to which of `count` segments each row belongs, in any order; a
// segment may be empty. Throw ShapeError when there is not one id for each row, ValueError when an
// id is outside [0, count).
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// -> (count, ...). Rows of one segment add up in order; an empty one is 0.
Tensor segment_sum(const Tensor& x, const Indices& segment, Index count);
// -> (count, ...), the largest number of each segment. At a tie the first takes the whole gradient;
// NaN wins; an empty one is -inf.
Tensor segment_max(const Tensor& x, const Indices& segment, Index count);
// -> (E, ...), e^x_i / sum of e^x_j over the rows j of the same segment. Where all of a segment are
// -inf its rows are 0, with a gradient of 0.
Tensor segment_softmax(const Tensor& x, const Indices& segment, Index count);

}  // namespace heed::inline HEED_REAL
