// Which score for what: twelve items, one query that means one of them, and nothing is trained but
// the score. A mechanism weighs the items and hands back a mean of them; the answer is read off the
// payloads in it by a fixed rule. So the four tasks tell what a score can say about two vectors:
// that they are rotated against each other, of one direction, near, or that one is at a place.
// Luong, Pham, Manning 2015, arXiv 1508.04025, section 3.1; Tsai et al. 2019, arXiv 1908.11775.
#include "examples/tasks/sets/scores.h"

#include <fmt/format.h>

#include <algorithm>

#include <memory>
#include <utility>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"

namespace heed::tasks {

ScoreBatch draw_scores(Index batch, Index width, MakeQuery make, Generator& rng) {
  const Index key_width = width - score_payloads;
  if (key_width < 2) {
    throw ValueError(fmt::format("[scores] width {} leaves {} numbers for a key: too few", width,
                                 key_width));
  }
  std::vector<Real> queries, items;
  std::vector<std::int32_t> meant, labels;
  for (Index b = 0; b < batch; ++b) {
    std::vector<Real> keys(static_cast<std::size_t>(score_items * key_width));
    for (Real& number : keys) number = static_cast<Real>(rng.normal());
    std::vector<Real> query(static_cast<std::size_t>(width), Real(0));
    meant.push_back(rng.below(static_cast<std::int32_t>(score_items)));
    make(keys, key_width, meant.back(), query, rng);
    queries.insert(queries.end(), query.begin(), query.end());
    for (Index j = 0; j < score_items; ++j) {
      std::vector<Real> payload(static_cast<std::size_t>(score_payloads), Real(0));
      const std::int32_t held = rng.below(static_cast<std::int32_t>(score_payloads));
      payload[static_cast<std::size_t>(held)] = static_cast<Real>(payload_scale);
      const auto key = keys.begin() + j * key_width;
      items.insert(items.end(), key, key + key_width);
      items.insert(items.end(), payload.begin(), payload.end());
      if (j == meant.back()) labels.push_back(held);
    }
  }
  return {Tensor({batch, 1, width}, queries), Tensor({batch, score_items, width}, items),
          Indices(std::move(meant)), Indices(std::move(labels))};
}

namespace {

class ScoreStudy : public study::Study {
 public:
  ScoreStudy(MakeQuery make, const study::Setup& setup, Generator& rng)
      : make_(make),
        width_(setup.settings.width),
        mechanism_(adopt("mechanism", setup.mechanism(score_items, rng))),
        sharpness_(param("sharpness", Tensor::ones({1}))) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_scores(count, width_, make_, rng);
  }
  study::Samples samples() const override { return batch_.items; }

  Tensor loss() override {
    const attention::Mixed answer = read();
    return study::plus(cross_entropy(answer.y, batch_.label), answer.auxiliary);
  }

  double score() const override {
    return study::share_right(read().y, batch_.label);
  }

  // One row a set; the columns are its items.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(8, batch_.meant.size());
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) {
      rows.push_back(fmt::format("item {}", batch_.meant[b] + 1));
    }
    for (Index j = 0; j < score_items; ++j) columns.push_back(fmt::format("{}", j + 1));
    const attention::MapRecorder recorder;
    read();
    if (recorder.maps().empty()) return {};
    return {study::drawn_rows("weights over the items of eight sets; the row says which is meant",
                              recorder.maps().back(), rows, columns)};
  }

 private:
  // log of the weight on each payload, (B, 10), to a power that is the one number learned beside
  // the score: it changes no answer, and gives a score without parameters a loss to report.
  attention::Mixed read() const {
    attention::Mixed mixed = mechanism_.mix({.x = batch_.query, .context = batch_.items});
    const Tensor y = select(mixed.y, 1, 0);  // (B, 1, C) -> (B, C)
    const Tensor share =
        slice(y, -1, width_ - score_payloads, width_) * (1 / payload_scale);  // (B, 10)
    mixed.y = log(maximum(share, 1e-6)) * sharpness_;
    return mixed;
  }

  MakeQuery make_;
  Index width_;
  ScoreBatch batch_;
  attention::Mixer& mechanism_;
  Tensor sharpness_;
};

}  // namespace

study::Task on_scores(MakeQuery make) {
  return {.metric = "accuracy",
          .settings = {.width = 26, .batch = 128, .steps = 600, .lr = 1e-2},
          .chance = 1.0 / score_payloads,
          .floor = study::mode_floor(score_items, score_payloads),
          .level = 0.97,
          .seconds = 1,
          .make = [make](const study::Setup& setup, Generator& rng) {
            return std::make_unique<ScoreStudy>(make, setup, rng);
          }};
}

}  // namespace heed::tasks
