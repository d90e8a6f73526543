// Blocks: three groups of 40 nodes with many edges inside and few between, and features that tell
// little; five nodes a group have their label. A seed draws the graph as well. Features alone leave
// every third node wrong; with its neighbours in view hardly any is. Which neighbour counts for
// what does not matter much: all are noisy alike, so that the plain mean of them is better still
// than weights that have to be learned from 15 labels.
// Holland, Laskey, Leinhardt 1983, "Stochastic blockmodels: first steps", Social Networks 5.
#include <cmath>

#include "autograd/ops.h"
#include "examples/tasks/graphs/graphs.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

NodeGraph draw_blocks(Generator& rng) {
  constexpr std::int32_t nodes = static_cast<std::int32_t>(block_count * block_nodes);
  constexpr double inside = 0.15, between = 0.02;
  constexpr std::int32_t given = 5;  // labels a class
  std::vector<std::int32_t> labels, labelled, from, to;
  for (std::int32_t node = 0; node < nodes; ++node) {
    labels.push_back(node / static_cast<std::int32_t>(block_nodes));
    if (node % block_nodes < given) labelled.push_back(node);
    for (std::int32_t other = 0; other < node; ++other) {
      const bool same = labels.back() == labels[static_cast<std::size_t>(other)];
      if (rng.uniform() >= (same ? inside : between)) continue;
      from.push_back(other);
      to.push_back(node);
    }
  }
  const Indices classes(std::move(labels));
  const Tensor centres = one_hot(classes, block_features) * std::sqrt(2.0);
  return {.x = (centres + rng.normal({nodes, block_features})).detach(),
          .edges = both_ways(from, to),
          .labels = classes,
          .labelled = Indices(std::move(labelled)),
          .classes = block_count};
}

study::Task blocks() {
  const std::string mean_wins = "All neighbours are noisy alike: their plain mean is better than "
                                "weights learned from 15 labels.";
  constexpr double features_alone = 0.6;
  return {.name = "blocks",
          .title = "to which of three blocks each node of a graph belongs",
          .what = "Three groups of 40 nodes with many edges inside, few between, and features that "
                  "tell little. It takes the neighbours; which of them counts for what does not "
                  "matter, and their mean does better.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "the mean of the neighbours",
          .settings = {.width = 8, .heads = 4, .batch = 15, .steps = 100, .lr = 0.005,
                       .weight_decay = 5e-4, .warmup = 1, .validation_samples = 105,
                       .test_samples = 105},
          .chance = 1.0 / block_count,
          .floor = features_alone,
          .level = features_alone + 0.2,
          .seconds = 0.3,
          .runs = {{.mechanism = "gat", .why = mean_wins},
                   {.mechanism = "gatv2", .why = mean_wins}},
          .make = [](const study::Setup& setup, Generator& rng) {
            return study_of_nodes(draw_blocks(rng), 0.1, setup, rng);
          }};
}

}  // namespace heed::tasks
