// The graphs of the tasks on nodes, for their tests.
#pragma once

#include "autograd/random.h"
#include "examples/tasks/graphs/nodes.h"

namespace heed::tasks {

// Zachary's club, nodes without features: x is the identity.
NodeGraph karate_graph();

inline constexpr Index block_count = 3, block_nodes = 40, block_features = 8;
// A stochastic block model: an edge between two nodes of a block with chance 0.15, of two blocks
// with 0.02. Features are noise of unit variance about a point of their class, sqrt(2) from the
// middle and 2 from each other. Five nodes a class have their label.
NodeGraph draw_blocks(Generator& rng);

}  // namespace heed::tasks
