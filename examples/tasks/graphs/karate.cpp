// The karate club: 34 people and who met whom; two of each side say where they stand, the other 30
// are asked. Nothing is known of anybody but the edges. It does not test attention: the mean of the
// neighbours does as well. It is here because it is real, small and known to all.
#include "examples/data/karate.h"

#include "autograd/ops.h"
#include "examples/tasks/graphs/graphs.h"
#include "examples/tasks/graphs/nodes.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

NodeGraph karate_graph() {
  std::vector<std::int32_t> from, to;
  for (const auto& [one, other] : data::karate_friends) {
    from.push_back(one);
    to.push_back(other);
  }
  return {.x = Tensor::eye(data::karate_members),
          .edges = both_ways(from, to),
          .labels = Indices({data::karate_clubs.begin(), data::karate_clubs.end()}),
          .labelled = Indices({0, 1, 32, 33}),
          .classes = 2};
}

study::Task karate() {
  const std::string mean_does = "Zachary's club splits along its edges: the mean of the neighbours "
                                "finds the two sides as well.";
  return {.name = "karate",
          .title = "which side of the karate club each member took",
          .what = "34 people and who met whom; two of each side are known, the other 30 are asked. "
                  "It takes a graph, but no attention: the mean of the neighbours does as well.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "the mean of the neighbours",
          .settings = {.width = 8, .heads = 4, .batch = 4, .steps = 50, .lr = 0.01,
                       .weight_decay = 5e-4, .warmup = 1, .validation_samples = 30,
                       .test_samples = 30},
          .chance = 0.5,
          .floor = 0.5,
          .level = 28.0 / 30,  // 32 of all 34
          .seconds = 0.1,
          .runs = {{.mechanism = "gat", .why = mean_does},
                   {.mechanism = "gatv2", .why = mean_does}},
          .make = [](const study::Setup& setup, Generator& rng) {
            return study_of_nodes(karate_graph(), 0.1, setup, rng);
          }};
}

}  // namespace heed::tasks
