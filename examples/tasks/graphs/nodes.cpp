#include "examples/tasks/graphs/nodes.h"

#include <algorithm>

#include "attention/catalog.h"
#include "attention/graph/gat.h"
#include "attention/maps.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"
#include "examples/models/neighbours.h"
#include "examples/study/maps.h"

namespace heed::tasks {
namespace {

Indices labels_of(const NodeGraph& graph, const Indices& nodes) {
  return to_indices(index_select(to_tensor(graph.labels), nodes));
}

// The class with the nearest mean of those features that have a label: what features say without
// the graph.
double score_of_features(const NodeGraph& graph, const Indices& asked) {
  const Tensor members = one_hot(labels_of(graph, graph.labelled), graph.classes);
  const Tensor counts = reshape(sum(members, {0}), {graph.classes, 1});
  const Tensor means =
      matmul(transpose(members), index_select(graph.x, graph.labelled)) / counts;  // (classes, F)
  const Tensor x = index_select(graph.x, asked);
  const Tensor apart = reshape(sum(square(means), {1}), {1, graph.classes}) -
                       2 * matmul(x, transpose(means));  // but for |x|^2, the same for all
  const Indices found = argmin(apart, 1), right = labels_of(graph, asked);
  Index count = 0;
  for (Index i = 0; i < found.size(); ++i) count += found[i] == right[i] ? 1 : 0;
  return static_cast<double>(count) / static_cast<double>(found.size());
}

template <class Layer>
class NodeStudy : public study::Study {
 public:
  NodeStudy(const NodeGraph& graph, double scale, const study::Setup& setup, Generator& rng)
      : graph_(graph),
        first_(child<Layer>("first", graph.x.dim(1), setup.settings.width, rng,
                            options_of(setup, setup.settings.heads))),
        second_(child<Layer>("second", setup.settings.heads * setup.settings.width, graph.classes,
                             rng, options_of(setup, 1))) {
    std::vector<std::int32_t> asked;
    const auto given = graph.labelled.values();
    for (std::int32_t node = 0; node < graph.x.dim(0); ++node) {
      if (std::ranges::find(given, node) == given.end()) asked.push_back(node);
    }
    asked_ = Indices(std::move(asked));
    for (const Parameter& own : parameters()) {
      if (own.name.find("att") != std::string::npos) own.value.assign(own.value.detach() * scale);
    }
  }

  void draw(Index, study::Split split, Generator&) override {
    drawn_ = split == study::Split::train ? graph_.labelled : asked_;
  }
  study::Samples samples() const override { return drawn_.reshape({drawn_.size(), 1}); }

  Tensor loss() override {
    return cross_entropy(index_select(logits(), graph_.labelled),
                         labels_of(graph_, graph_.labelled));
  }

  double score() const override {
    const Indices found = argmax(logits(), -1);
    Index right = 0;
    for (const std::int32_t node : asked_.values()) {
      right += found[node] == graph_.labels[node] ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(asked_.size());
  }

  study::Details details() const override {
    return {{"of all nodes",
             (score() * static_cast<double>(asked_.size()) +
              static_cast<double>(graph_.labelled.size())) /
                 static_cast<double>(graph_.x.dim(0))},
            {"features alone", score_of_features(graph_, asked_)}};
  }

  // A graph that fits on a page.
  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    if (graph_.x.dim(0) > 40) return {};
    for (Index node = 0; node < graph_.x.dim(0); ++node) {
      names.push_back(std::to_string(node) + " in " + std::to_string(graph_.labels[node]));
    }
    const attention::MapRecorder recorder;
    logits();
    return study::drawn_maps(recorder, names, names);
  }

  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  static attention::GraphOptions options_of(const study::Setup& setup, Index heads) {
    const attention::OptionValues values = attention::find(setup.name).values(setup.options);
    return {.heads = heads, .negative_slope = values["negative_slope"]};
  }

  Tensor mixed(const Layer& layer, const Tensor& x) const {
    return without_ ? models::mean_of_neighbours(layer, x, graph_.edges) : layer(x, graph_.edges);
  }
  Tensor logits() const { return mixed(second_, elu(mixed(first_, graph_.x))); }

  NodeGraph graph_;
  Indices asked_, drawn_;
  bool without_ = false;
  Layer& first_;
  Layer& second_;
};

}  // namespace

Indices both_ways(const std::vector<std::int32_t>& from, const std::vector<std::int32_t>& to) {
  std::vector<std::int32_t> ends(from);
  ends.insert(ends.end(), to.begin(), to.end());
  ends.insert(ends.end(), to.begin(), to.end());
  ends.insert(ends.end(), from.begin(), from.end());
  return Indices({2, static_cast<Index>(2 * from.size())}, std::move(ends));
}

std::unique_ptr<study::Study> study_of_nodes(const NodeGraph& graph, double scale,
                                             const study::Setup& setup, Generator& rng) {
  if (setup.name == "gat") {
    return std::make_unique<NodeStudy<attention::GAT>>(graph, scale, setup, rng);
  }
  return std::make_unique<NodeStudy<attention::GATv2>>(graph, scale, setup, rng);
}

}  // namespace heed::tasks
