#include "examples/tasks/sets/places.h"

#include <fmt/format.h>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/maps.h"

namespace heed::tasks {
namespace {

constexpr auto items = static_cast<std::int32_t>(place_items);
constexpr auto keys = static_cast<std::int32_t>(place_keys);

}  // namespace

PlaceBatch draw_places(Index batch, Ask ask, Generator& rng) {
  std::vector<std::int32_t> key, value, asked, meant, labels;
  for (Index b = 0; b < batch; ++b) {
    const std::size_t first = value.size();
    const std::vector<std::int32_t> order = rng.permutation(keys);
    key.insert(key.end(), order.begin(), order.begin() + items);
    for (Index j = 0; j < place_items; ++j) {
      value.push_back(rng.below(static_cast<std::int32_t>(place_values)));
    }
    std::int32_t last = -1;
    for (Index t = 0; t < place_items; ++t) {
      const Question question = ask(last, rng);
      last = question.place;
      const auto at = first + static_cast<std::size_t>(last);
      asked.push_back(question.by_place < 0 ? key[at] : keys + question.by_place);
      meant.push_back(last);
      labels.push_back(value[at]);
    }
  }
  const Shape shape{batch, place_items};
  return {Indices(shape, std::move(key)), Indices(shape, std::move(value)),
          Indices(shape, std::move(asked)), Indices(shape, std::move(meant)),
          Indices(shape, std::move(labels))};
}

namespace {

class PlaceStudy : public study::Study {
 public:
  PlaceStudy(Ask ask, const study::Setup& setup, Generator& rng)
      : ask_(ask),
        key_(child<nn::Embedding>("key", place_keys, setup.settings.width, rng, embedding)),
        value_(child<nn::Embedding>("value", place_values, setup.settings.width, rng, embedding)),
        asked_(child<nn::Embedding>("asked", place_keys + place_items, setup.settings.width, rng,
                                    embedding)),
        mechanism_(adopt("mechanism", setup.mechanism(place_items, rng))),
        answer_(child<nn::Linear>("answer", setup.settings.width, place_values, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_places(count, ask_, rng);
  }
  study::Samples samples() const override { return batch_.values; }

  Tensor loss() override {
    const attention::Mixed answer = read();
    return study::plus(cross_entropy(answer.y, batch_.labels), answer.auxiliary);
  }

  double score() const override {
    const auto [by_key, by_place] = reached();
    return (by_key.right + by_place.right) / (by_key.asked + by_place.asked);
  }

  study::Details details() const override {
    const auto [by_key, by_place] = reached();
    return {{"by key", by_key.right / by_key.asked}, {"by place", by_place.right / by_place.asked}};
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (Index t = 0; t < place_items; ++t) {
      const std::int32_t asked = batch_.asked[t];
      rows.push_back(asked < keys ? fmt::format("key {}", asked)
                                  : fmt::format("place {}", batch_.meant[t] + 1));
      columns.push_back(fmt::format("{}", batch_.keys[t]));
    }
    const attention::MapRecorder recorder;
    read();
    return study::drawn_maps(recorder, rows, columns);
  }

 private:
  static constexpr nn::EmbeddingOptions embedding{.padding_id = -1,
                                                  .deviation = models::embedding_deviation};
  struct Count {
    double right = 0, asked = 0;
  };
  struct Counts {
    Count by_key, by_place;
  };

  attention::Mixed read() const {
    const Tensor memory = key_(batch_.keys) + value_(batch_.values);  // (B, 16, C)
    attention::Mixed mixed = mechanism_.mix({.x = asked_(batch_.asked), .context = memory});
    mixed.y = answer_(mixed.y);  // (B, 16, 10)
    return mixed;
  }

  Counts reached() const {
    const Indices said = argmax(read().y, -1);
    Counts counts;
    for (Index i = 0; i < said.size(); ++i) {
      Count& count = batch_.asked[i] < keys ? counts.by_key : counts.by_place;
      count.asked += 1;
      count.right += said[i] == batch_.labels[i] ? 1 : 0;
    }
    return counts;
  }

  Ask ask_;
  PlaceBatch batch_;
  nn::Embedding& key_;
  nn::Embedding& value_;
  nn::Embedding& asked_;
  attention::Mixer& mechanism_;
  nn::Linear& answer_;
};

}  // namespace

study::Task on_places(Ask ask) {
  return {.metric = "accuracy",
          .settings = {.steps = 500, .lr = 1e-2},
          .chance = 1.0 / place_values,
          .floor = study::mode_floor(place_items, place_values),
          .level = 0.99,
          .seconds = 2,
          .make = [ask](const study::Setup& setup, Generator& rng) {
            return std::make_unique<PlaceStudy>(ask, setup, rng);
          }};
}

}  // namespace heed::tasks
