// Attention rollout: how much of each token's first embedding is left in each position of the last
// layer, if attention were all that mixes. Abnar, Zuidema 2020, "Quantifying attention flow in
// transformers", arXiv 2005.00928, section 3.
//
//   R_0 = I,   R_l = normalised(r I + (1 - r) mean_h A_l) R_{l-1}
//
// Shapes   A_l (B, H, T, T), the maps of the layers from the first on -> R (B, T, T), rows that sum
//          to 1; R[i][j] is what position i got from token j.
// Cost     L products of (T, T) matrices a sample.
// Differs  from the last layer's map in that it is about tokens and not about what other layers
//          wrote in their places. It takes heads for equal and knows nothing of the values, of
//          projections and of MLPs: a head that writes nothing counts like one that writes all.
// Limit    the rollout of one layer is its mean map and the token itself, half and half
//          (rollout_of_one_layer_is_the_mean_map_and_the_token).
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// `residual` is what the residual connection is taken to carry, r. Throws ValueError when there is
// no map or r is not in [0, 1], ShapeError unless all are (B, H, T, T) of the same B and T.
Tensor rollout(const std::vector<Tensor>& maps, double residual = 0.5);

}  // namespace heed::inline HEED_REAL::attention
