// Two bags of items with a key and a payload. One key lies in both bags, and its two payloads are
// asked. Which item that is cannot be seen in one bag: each has to hear of the other.
// Lu et al. 2016, arXiv 1606.00061; Xiong et al. 2016, arXiv 1611.01604.
#include "examples/tasks/pairs/two_bags.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/pairs/pair_reader.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

TwoBags draw_two_bags(Index batch, Generator& rng) {
  constexpr auto items = static_cast<std::int32_t>(bag_items);
  std::vector<std::int32_t> keys[2], payloads[2], shared[2], labels;
  for (Index row = 0; row < batch; ++row) {
    const std::vector<std::int32_t> order = rng.permutation(bag_keys);
    for (std::size_t bag = 0; bag < 2; ++bag) {
      // The key at the front of the order lies in both, the others in one.
      const std::int32_t place = rng.below(items);
      for (std::int32_t i = 0; i < items; ++i) {
        const std::size_t other = 1 + bag * bag_items + static_cast<std::size_t>(i);
        keys[bag].push_back(i == place ? order[0] : order[other]);
        payloads[bag].push_back(rng.below(bag_payloads));
        if (i == place) labels.push_back(payloads[bag].back());
      }
      shared[bag].push_back(place);
    }
  }
  const Shape shape{batch, bag_items};
  return {Indices(shape, std::move(keys[0])), Indices(shape, std::move(payloads[0])),
          Indices(shape, std::move(keys[1])), Indices(shape, std::move(payloads[1])),
          Indices(std::move(shared[0])), Indices(std::move(shared[1])),
          Indices({batch, 2}, std::move(labels))};
}

namespace {

class TwoBagsStudy : public study::Study {
 public:
  TwoBagsStudy(const study::Setup& setup, Generator& rng)
      : key_(child<nn::Embedding>("key", bag_keys, setup.settings.width, rng, embedding)),
        payload_(
            child<nn::Embedding>("payload", bag_payloads, setup.settings.width, rng, embedding)),
        reader_(child<PairReader>("reader", setup, rng)),
        answer_(child<nn::Linear>("answer", 2 * setup.settings.width, 2 * bag_payloads, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_two_bags(count, rng);
  }
  study::Samples samples() const override { return batch_.keys_a; }

  Tensor loss() override { return cross_entropy(answers(read()), batch_.labels); }

  double score() const override {
    return study::share_right(answers(read()), batch_.labels);
  }

  study::Details details() const override {
    const PairRead found = read();
    return {{"mass in the first bag", mass_on(found.weights_a, batch_.shared_a)},
            {"mass in the second bag", mass_on(found.weights_b, batch_.shared_b)}};
  }

  // A row a pair of bags: the weights over the first, then over the second.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(6, batch_.shared_a.size());
    const PairRead found = read();
    return {drawn("weights over the first bag", found.weights_a, batch_.shared_a, examples),
            drawn("weights over the second bag", found.weights_b, batch_.shared_b, examples)};
  }

  void take_out(study::Ablation ablation) override { reader_.take_out(ablation); }

 private:
  static constexpr nn::EmbeddingOptions embedding{.padding_id = -1,
                                                  .deviation = models::embedding_deviation};

  static study::DrawnMap drawn(const std::string& title, const Tensor& weights,
                               const Indices& shared, Index examples) {
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) rows.push_back(fmt::format("item {}", shared[b] + 1));
    for (Index i = 0; i < bag_items; ++i) columns.push_back(fmt::format("{}", i + 1));
    return study::drawn_rows(title, {.mechanism = "", .weights = weights}, rows, columns);
  }

  PairRead read() const {
    return reader_(key_(batch_.keys_a) + payload_(batch_.payloads_a),
                   key_(batch_.keys_b) + payload_(batch_.payloads_b));
  }

  // (B, 2, 10)
  Tensor answers(const PairRead& found) const {
    return reshape(answer_(concat({found.a, found.b}, 1)), {-1, 2, bag_payloads});
  }

  TwoBags batch_;
  nn::Embedding& key_;
  nn::Embedding& payload_;
  PairReader& reader_;
  nn::Linear& answer_;
};

}  // namespace

study::Task two_bags() {
  return {.name = "two-bags",
          .title = "the payloads of the key that two bags share",
          .what = "Two bags of six items have one key in common; its payload in each is asked. "
                  "Which item that is cannot be seen in one bag alone.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "each bag read beside zeros in the place of the other",
          .settings = {.width = 48, .steps = 3000},
          .chance = 1.0 / bag_payloads,
          .floor = study::mode_floor(bag_items, bag_payloads),
          .level = 0.9,
          .seconds = 3,
          .runs = {{.mechanism = "co-attention"},
                   {.mechanism = "co-attention",
                    .label = "one-way",
                    .why = "The second bag is pooled without the first, and cannot know which of "
                           "its items is meant: half of the answers, and guesses.",
                    .options = {{"one_way", 1}},
                    .expect = study::Expect::partly},
                   {.mechanism = "co-attention-alternating",
                    .why = "What one bag hears of the other is one vector, which turns out to have "
                           "room for six keys: it gets there, and takes half as many steps again.",
                    .settings = {{"steps", 4500}, {"lr", 5e-3}}},
                   {.mechanism = "dcn",
                    .why = "Keys are compared without a hidden layer in between: it gets there in "
                           "fewer steps.",
                    .settings = {{"steps", 2000}, {"lr", 1e-2}}}},
          .make = study::make_study<TwoBagsStudy>};
}

}  // namespace heed::tasks
