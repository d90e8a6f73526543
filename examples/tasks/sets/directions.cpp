// Twelve items, each with a direction, a length from e^N(0, 1) and a payload; asked is for the
// payload of the item that points where the query points. The lengths say nothing, but a dot
// product is proportional to them, and no linear map of queries and keys takes them out: a short
// item is missed beside a long one. An angle knows no lengths. There is no norm in front of the
// mechanism, as it would do the same.
// Graves, Wayne, Danihelka 2014, arXiv 1410.5401, section 3.3.1 (focusing by content).
#include "examples/tasks/sets/directions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/linear.h"
#include "nn/similarity.h"

namespace heed::tasks {
namespace {

constexpr double noise = 0.1;

class DirectionStudy : public study::Study {
 public:
  DirectionStudy(const study::Setup& setup, Generator& rng)
      : attention_(adopt("attention", setup.mechanism(direction_items, rng))),
        answer_(child<nn::Linear>("answer", setup.settings.width, direction_payloads, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_directions(count, rng);
  }
  study::Samples samples() const override { return batch_.items; }

  Tensor loss() override {
    const attention::Mixed answer = read();
    return study::plus(cross_entropy(answer.y, batch_.labels), answer.auxiliary);
  }

  double score() const override {
    return study::share_right(read().y, batch_.labels);
  }

  study::Details details() const override {
    const attention::MapRecorder recorder;
    read();
    if (recorder.maps().empty()) return {};
    const Tensor over_heads = mean(recorder.maps().back().weights, {1});  // (B, 1, 12)
    const Indices place = batch_.asked.reshape({batch_.asked.size(), 1, 1});
    const Tensor mass = take_along(over_heads, place);  // (B, 1, 1)
    return {{"mass on the item", static_cast<double>(mean(mass).item())}};
  }

  // One row a query; the columns are its items.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(8, batch_.asked.size());
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) {
      const Tensor item = select(select(batch_.items, 0, b), 0, batch_.asked[b]);  // (width)
      rows.push_back(fmt::format("item {}, of length {:.1f}", batch_.asked[b] + 1,
                                 norm(slice(item, 0, 0, direction_axes)).item()));
    }
    for (Index i = 0; i < direction_items; ++i) columns.push_back(fmt::format("{}", i + 1));
    const attention::MapRecorder recorder;
    read();
    if (recorder.maps().empty()) return {};
    return {study::drawn_rows("weights over the items of eight queries", recorder.maps().back(),
                              rows, columns)};
  }

 private:
  // Logits of the payloads (B, 10), and what the mechanism said besides.
  attention::Mixed read() const {
    attention::Mixed mixed = attention_.mix({.x = batch_.queries, .context = batch_.items});
    mixed.y = answer_(select(mixed.y, 1, 0));  // (B, 1, C) -> (B, 10)
    return mixed;
  }

  DirectionBatch batch_;
  attention::Mixer& attention_;
  nn::Linear& answer_;
};

}  // namespace

DirectionBatch draw_directions(Index batch, Generator& rng) {
  DirectionBatch drawn;
  std::vector<std::int32_t> asked, payloads;
  for (Index b = 0; b < batch; ++b) {
    asked.push_back(rng.below(direction_items));
    for (Index i = 0; i < direction_items; ++i) payloads.push_back(rng.below(direction_payloads));
  }
  drawn.asked = Indices(asked);
  const Indices payload({batch, direction_items}, payloads);
  const Tensor units = nn::normalize(rng.normal({batch, direction_items, direction_axes}));
  const Tensor lengths = exp(rng.normal({batch, direction_items, 1}));
  drawn.items = concat({units * lengths, one_hot(payload, direction_payloads)}, 2);
  const Indices place = drawn.asked.reshape({batch, 1, 1});
  const Tensor off = noise * rng.normal({batch, 1, direction_axes});
  drawn.queries = pad(take_along(units, place, 1) + off, 2, 0, direction_payloads);  // (B, 1, 26)
  std::vector<std::int32_t> labels;
  for (Index b = 0; b < batch; ++b) labels.push_back(payload[b * direction_items + drawn.asked[b]]);
  drawn.labels = Indices(labels);
  return drawn;
}

study::Task directions() {
  using enum study::Expect;
  return {.name = "directions",
          .title = "the item that points where the query points, whatever its length",
          .what = "Twelve items with directions and random lengths; the query asks for what one of "
                  "them carries by its direction. Lengths say nothing, but dot products grow with "
                  "them.",
          .metric = "accuracy",
          .settings = {.width = direction_width, .batch = 128, .steps = 600, .lr = 1e-2,
                       .test_samples = 2048},
          .chance = 1.0 / direction_payloads,
          .floor = study::mode_floor(direction_items, direction_payloads),
          .level = 0.97,
          .seconds = 1,
          .needs = study::Needs{.cross = true},
          .runs = {{.mechanism = "cosine"},
                   {.mechanism = "scaled-dot",
                    .why = "Its scores grow with the lengths of the keys: a short one is missed "
                           "beside a long one.",
                    .expect = partly}},
          .make = study::make_study<DirectionStudy>};
}

}  // namespace heed::tasks
