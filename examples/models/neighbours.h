// The plain peer of graph attention: all neighbours weigh the same.
#pragma once

#include "autograd/indices.h"
#include "nn/module.h"

namespace heed::models {

// y_i = the mean over the neighbours j of node i, itself included, of the value of j in `layer`, a
// GAT or GATv2 with its heads side by side, and its bias: the layer with all its weights alike.
// x (N, in), edges (2, E) without loops -> (N, heads * out).
Tensor mean_of_neighbours(const nn::Module& layer, const Tensor& x, const Indices& edges);

}  // namespace heed::models
