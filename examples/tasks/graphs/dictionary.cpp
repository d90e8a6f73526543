// Look-up in a graph: eight nodes hold a key and its value, eight nodes ask for a key each, and
// from every key an edge goes to every query. Each query has to look at another node. Where all
// nodes rank their neighbours alike (static attention, GAT) they look at the same one; GATv2 ranks
// for each node anew. More heads or a network behind the layer would help GAT out: there is one
// head and a linear answer.
// Brody, Alon, Yahav 2021, arXiv 2105.14491, section 4.1 (DictionaryLookup).
#include "examples/tasks/graphs/dictionary.h"

#include <fmt/format.h>

#include "attention/catalog.h"
#include "attention/graph/gat.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"

namespace heed::tasks {
namespace {

constexpr Index keys = dictionary_keys, nodes = 2 * keys;  // of a graph

bool for_test(const std::vector<std::int32_t>& values) {
  Index sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += static_cast<Index>(i) * values[i] * values[i];
  }
  return sum % 5 == 0;
}

attention::GraphOptions options_of(const study::Setup& setup) {
  const attention::OptionValues values = attention::find(setup.name).values(setup.options);
  return {.negative_slope = values["negative_slope"], .self_loops = false};
}

template <class Layer>
class DictionaryStudy : public study::Study {
 public:
  DictionaryStudy(const study::Setup& setup, Generator& rng)
      : key_(child<nn::Embedding>("key", keys, setup.settings.width, rng)),
        value_(child<nn::Embedding>("value", keys, setup.settings.width, rng)),
        question_(param("question", rng.normal({setup.settings.width}))),
        attention_(child<Layer>("attention", setup.settings.width, setup.settings.width, rng,
                                options_of(setup))),
        residual_(child<nn::Linear>("residual", setup.settings.width, setup.settings.width, rng)),
        norm_(child<nn::LayerNorm>("norm", setup.settings.width)),
        answer_(child<nn::Linear>("answer", setup.settings.width, keys, rng)) {}

  void draw(Index count, study::Split split, Generator& rng) override {
    batch_ = draw_dictionaries(count, split == study::Split::test, rng);
  }
  study::Samples samples() const override { return batch_; }

  Tensor loss() override {
    return cross_entropy(answers(batch_), batch_.reshape({batch_.size()}));
  }

  double score() const override {
    return study::share_right(answers(batch_), batch_);
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    for (Index i = 0; i < keys; ++i) {
      names.push_back(fmt::format("key {} = {}", i + 1, batch_[i] + 1));
    }
    for (Index i = 0; i < keys; ++i) names.push_back(fmt::format("what is {}?", i + 1));
    const attention::MapRecorder recorder;
    answers(slice(batch_, 0, 0, 1));
    return study::drawn_maps(recorder, names, names);
  }

  // The mean of all keys in place of each: then all weights are the same, whatever the scores.
  void take_out(study::Ablation ablation) override {
    without_ = ablation != study::Ablation::none;
  }

 private:
  // (B, 8) -> logits of the queries (B * 8, 8).
  Tensor answers(const Indices& dictionaries) const {
    const Index graphs = dictionaries.dim(0);
    Tensor pairs = key_.weight() + value_(dictionaries);  // (B, 8, C)
    if (without_) pairs = expand(mean(pairs, {1}, true), pairs.shape());
    const Tensor queries = expand(key_.weight() + question_, pairs.shape());  // (B, 8, C)
    const Tensor x = reshape(concat({pairs, queries}, 1), {graphs * nodes, -1});
    const Tensor seen = attention_(x, dictionary_edges(graphs)) + residual_(x);  // (B * 16, C)
    const Tensor of_queries = slice(reshape(seen, {graphs, nodes, -1}), 1, keys, nodes);
    return reshape(answer_(norm_(of_queries)), {graphs * keys, keys});
  }

  Indices batch_;
  bool without_ = false;
  nn::Embedding& key_;
  nn::Embedding& value_;
  Tensor question_;
  Layer& attention_;
  nn::Linear& residual_;
  nn::LayerNorm& norm_;
  nn::Linear& answer_;
};

std::unique_ptr<study::Study> make(const study::Setup& setup, Generator& rng) {
  if (setup.name == "gat") return study::make_study<DictionaryStudy<attention::GAT>>(setup, rng);
  return study::make_study<DictionaryStudy<attention::GATv2>>(setup, rng);
}

}  // namespace

Indices draw_dictionaries(Index batch, bool test, Generator& rng) {
  std::vector<std::int32_t> all;
  for (Index b = 0; b < batch; ++b) {
    std::vector<std::int32_t> values = rng.permutation(keys);
    while (for_test(values) != test) values = rng.permutation(keys);
    all.insert(all.end(), values.begin(), values.end());
  }
  return Indices({batch, keys}, std::move(all));
}

Indices dictionary_edges(Index graphs) {
  std::vector<std::int32_t> from, to;
  for (Index g = 0; g < graphs; ++g) {
    for (Index query = 0; query < keys; ++query) {
      for (Index key = 0; key < keys; ++key) {
        from.push_back(static_cast<std::int32_t>(g * nodes + key));
        to.push_back(static_cast<std::int32_t>(g * nodes + keys + query));
      }
    }
  }
  return stack({Indices(std::move(from)), Indices(std::move(to))}, 0);
}

study::Task dictionary() {
  using enum study::Expect;
  return {.name = "dictionary",
          .title = "look-up in a graph of eight keys and eight queries",
          .what = "Every query node asks for another key and sees all of them by edges. It takes "
                  "an order of the neighbours that differs from node to node.",
          .metric = "accuracy",
          .settings = {.width = 64, .batch = 64, .steps = 600, .lr = 2e-3},
          .chance = 1.0 / keys,
          .floor = 1.0 / keys,
          .level = 0.95,
          .seconds = 1.5,
          .runs = {{.mechanism = "gatv2"},
                   {.mechanism = "gat",
                    .why = "All queries rank the keys alike, so that they look at the same one.",
                    .expect = fails},
                   {.mechanism = "gatv2",
                    .label = "straight",
                    .why = "Without the bend between adding and scoring every query ranks the keys "
                           "alike, as in GAT.",
                    .options = {{"negative_slope", 1}},
                    .expect = fails}},
          .make = make};
}

}  // namespace heed::tasks
