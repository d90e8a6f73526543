// What tasks on the nodes of one graph share: a few nodes have their label, the others are asked
// for it. Two graph layers, the first of several heads side by side.
#pragma once

#include "autograd/indices.h"
#include "examples/study/study.h"

namespace heed::tasks {

struct NodeGraph {
  Tensor x;          // (N, F)
  Indices edges;     // (2, E): where each comes from, where it goes; both directions, no loops
  Indices labels;    // (N)
  Indices labelled;  // the nodes whose label is given
  Index classes = 0;
};

// Edges in both directions from each pair of nodes, (2, 2 E).
Indices both_ways(const std::vector<std::int32_t>& from, const std::vector<std::int32_t>& to);

// A study of `setup.name`, gat or gatv2. Taken out, each layer is models::mean_of_neighbours().
// Attention vectors start at `scale` times what is usual.
std::unique_ptr<study::Study> study_of_nodes(const NodeGraph& graph, double scale,
                                             const study::Setup& setup, Generator& rng);

}  // namespace heed::tasks
