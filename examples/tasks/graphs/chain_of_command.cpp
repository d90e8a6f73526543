// The chain of command: eight people stand in a line, and one of them, anywhere in it, is the
// chief. Each must repeat the order of the neighbour on the chief's side. Neighbours share a link,
// but nobody can tell by himself which of his two is nearer to the chief: that is settled by all
// links together, since only one way to give everybody one head leaves no circle and begins with
// the chief. The people come in no order.
// Kim et al. 2017, arXiv 1702.00887, section 3.2; Liu, Lapata 2018, arXiv 1705.09207.
#include "examples/tasks/graphs/chain_of_command.h"

#include <fmt/format.h>

#include "attention/block.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

ChainBatch draw_chains(Index batch, Generator& rng) {
  constexpr auto people = static_cast<std::int32_t>(command_people);
  const auto of = [](Index row, std::int32_t who) {
    return static_cast<std::size_t>(row * command_people + who);
  };
  const auto size = static_cast<std::size_t>(batch * command_people);
  std::vector<std::int32_t> links(2 * size), orders(size), chiefs, heads(size, -1);
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> line = rng.permutation(people),
                                    names = rng.permutation(command_links);
    const std::int32_t chief = rng.below(people);  // his place in the line
    for (std::int32_t place = 0; place < people; ++place) {
      const auto at = static_cast<std::size_t>(place);
      const std::size_t who = of(b, line[at]);
      const std::int32_t before = place > 0 ? names[at - 1] : no_link,
                         behind = place + 1 < people ? names[at] : no_link;
      const bool turned = rng.below(2) == 0;
      links[2 * who] = turned ? behind : before;
      links[2 * who + 1] = turned ? before : behind;
      orders[who] = rng.below(command_orders);
      if (place < chief) heads[who] = line[at + 1];
      if (place > chief) heads[who] = line[at - 1];
    }
    chiefs.push_back(line[static_cast<std::size_t>(chief)]);
  }
  const Shape shape{batch, command_people};
  return {Indices({batch, command_people, 2}, std::move(links)), Indices(shape, std::move(orders)),
          Indices(std::move(chiefs)), Indices(shape, std::move(heads))};
}

namespace {

class ChainStudy : public study::Study {
 public:
  ChainStudy(const study::Setup& setup, Generator& rng)
      : link_(child<nn::Embedding>("link", command_links + 1, setup.settings.width, rng, start)),
        order_(child<nn::Embedding>("order", command_orders, setup.settings.width, rng, start)),
        chief_(param("chief", rng.normal({setup.settings.width}, 0, models::embedding_deviation))),
        norm_(child<nn::LayerNorm>("norm", setup.settings.width)),
        answer_(child<nn::Linear>("answer", setup.settings.width, command_orders, rng)) {
    const Index width = setup.settings.width;
    for (Index i = 0; i < setup.settings.layers; ++i) {
      blocks_.push_back(&child<attention::EncoderBlock>(
          fmt::format("layers.{}", i), attention::BlockOptions{.width = width, .hidden = 2 * width},
          setup.mechanism(command_people, rng), rng));
    }
  }

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_chains(count, rng);
  }
  study::Samples samples() const override { return batch_.links; }

  Tensor loss() override {
    const attention::Mixed found = answers(batch_);
    return study::plus(cross_entropy(found.y, labels()), found.auxiliary);
  }

  double score() const override {
    models::Accuracy reached;
    reached.count(unsqueeze(answers(batch_).y, 2),
                  labels().reshape({batch_.chief.size(), command_people, 1}));
    return reached.share();
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    for (Index i = 0; i < command_people; ++i) {
      const std::int32_t head = batch_.heads[i];
      names.push_back(head < 0 ? fmt::format("{}, chief", i + 1)
                               : fmt::format("{}, under {}", i + 1, head + 1));
    }
    const attention::MapRecorder recorder;
    answers({slice(batch_.links, 0, 0, 1), slice(batch_.orders, 0, 0, 1),
             slice(batch_.chief, 0, 0, 1), slice(batch_.heads, 0, 0, 1)});
    return study::drawn_maps(recorder, names, names);
  }

 private:
  static constexpr nn::EmbeddingOptions start{.padding_id = -1,
                                              .deviation = models::embedding_deviation};

  // (B, 8, 10)
  attention::Mixed answers(const ChainBatch& batch) const {
    const Tensor is_chief = one_hot(batch.chief, command_people);  // (B, 8)
    attention::Mixed found{.y = sum(link_(batch.links), {2}) + order_(batch.orders) +
                                unsqueeze(is_chief, 2) * chief_};  // (B, 8, C)
    for (const attention::EncoderBlock* block : blocks_) {
      const attention::Mixed mixed = (*block)({.x = found.y});
      found = {.y = mixed.y, .auxiliary = study::plus(found.auxiliary, mixed.auxiliary)};
    }
    found.y = answer_(norm_(found.y));
    return found;
  }

  // The order of everybody's head; the chief is not asked. (B, 8)
  Indices labels() const {
    std::vector<std::int32_t> asked;
    for (Index i = 0; i < batch_.heads.size(); ++i) {
      const Index row = i / command_people, head = batch_.heads[i];
      asked.push_back(head < 0 ? models::not_asked : batch_.orders[row * command_people + head]);
    }
    return Indices(batch_.heads.shape(), std::move(asked));
  }

  ChainBatch batch_;
  nn::Embedding& link_;
  nn::Embedding& order_;
  Tensor chief_;
  std::vector<attention::EncoderBlock*> blocks_;
  nn::LayerNorm& norm_;
  nn::Linear& answer_;
};

}  // namespace

study::Task chain_of_command() {
  using enum study::Expect;
  return {.name = "chain-of-command",
          .title = "the order of the neighbour who is nearer to the chief",
          .what = "Eight people in a line, one of them the chief, repeat what the neighbour on his "
                  "side says. Which one that is takes all links together.",
          .metric = "accuracy",
          .settings = {.steps = 600, .lr = 5e-3},
          .chance = 1.0 / command_orders,
          .floor = study::mode_floor(command_people, command_orders),
          .level = 0.98,
          .seconds = 5,
          .runs = {{.mechanism = "tree"},
                   {.mechanism = "self",
                    .why = "Softmax finds both neighbours and cannot tell them apart.",
                    .expect = partly}},
          .beside = {{.mechanism = "self",
                      .label = "three layers",
                      .why = "The honest peer: each layer carries news of the chief one neighbour "
                             "further.",
                      .settings = {{"layers", 3}}}},
          .make = study::make_study<ChainStudy>};
}

}  // namespace heed::tasks
