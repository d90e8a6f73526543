// The graph behind a tensor, to look at.
//
//   std::ofstream("loss.dot") << to_dot(loss, model.parameters());
//   $ dot -Tsvg loss.dot > loss.svg
#pragma once

#include <string>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Text for Graphviz. An ellipse for an operation, with the shapes it takes and gives, constants
// included; a box for a leaf, with the name it has among `parameters`. Arrows go the way of the
// values, from leaves to `output`. Nodes are numbered in the order of their creation, so the same
// program writes the same text. Works before and after a backward pass; a tensor without a past is
// a single box. Throws on an undefined tensor.
std::string to_dot(const Tensor& output, const std::vector<Parameter>& parameters = {});

}  // namespace heed::inline HEED_REAL
