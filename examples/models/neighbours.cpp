#include "examples/models/neighbours.h"

#include "autograd/ops.h"

namespace heed::models {
namespace {

// Undefined when there is none of that name.
Tensor parameter_of(const nn::Module& module, const char* name) {
  for (const Parameter& own : module.parameters()) {
    if (own.name == name) return own.value;
  }
  return {};
}

}  // namespace

Tensor mean_of_neighbours(const nn::Module& layer, const Tensor& x, const Indices& edges) {
  const Tensor weight = parameter_of(layer, "lin.weight");  // of a GAT
  const Tensor values = weight.defined() ? linear(x, weight, {})
                                         : linear(x, parameter_of(layer, "lin_l.weight"),
                                                  parameter_of(layer, "lin_l.bias"));
  const Index nodes = x.dim(0), count = edges.dim(1);
  const Indices from = slice(edges, 0, 0, 1).reshape({count});
  const Indices to = slice(edges, 0, 1, 2).reshape({count});
  const Tensor around = segment_sum(index_select(values, from), to, nodes);
  const Tensor degree = segment_sum(Tensor::full({count, 1}, 1), to, nodes);
  return (around + values) / (degree + 1) + parameter_of(layer, "bias");
}

}  // namespace heed::models
