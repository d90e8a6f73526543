// When was it said? The cross-attention of a model that writes down a sound shows where it looked
// for each token; the cheapest way through it that never goes back in either is an alignment.
// Sakoe, Chiba 1978, "Dynamic programming algorithm optimization for spoken word recognition", IEEE
// Transactions on Acoustics, Speech, and Signal Processing 26.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

struct Warping {
  double cost = 0;               // of all entries on the way
  std::vector<Index> rows = {};  // the way, entry by entry, from (0, 0) to the last row and column
  std::vector<Index> columns = {};
};

// Dynamic time warping: the way through cost (T, S) on which each step goes one down, one to the
// right, or both, and whose entries sum to the least. Of ways as good it takes the one whose last
// step goes both, else down. T S steps. Throws ShapeError unless cost is a matrix with an entry,
// ValueError unless all of it is finite.
Warping dynamic_time_warping(const Tensor& cost);

// The first column of each row on a way, (T). That of the first row is 0, whatever it looks at.
std::vector<Index> row_starts(const Warping& way);

// row_starts of the heaviest way through weights (H, T, S) of cross-attention: of each head, less
// the mean of its column and divided by its deviation over tokens, through a median over `smooth`
// frames, mirrored at the ends and left out where there are no more than smooth / 2 frames, then
// the mean over heads. As the authors of Whisper time words (arXiv 2212.04356, and its code), who
// smooth over 7. A column that hardly anybody looks at counts as much as any: where tokens are few
// and look at few frames, warp the weights as they are. Throws ShapeError, and ValueError unless
// `smooth` is odd and at least 1 and all is finite.
std::vector<Index> token_starts(const Tensor& weights, Index smooth = 7);

}  // namespace heed::inline HEED_REAL::attention
