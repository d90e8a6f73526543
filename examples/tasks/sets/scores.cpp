// Which score for what: twelve items, one query that means one of them, and nothing is trained but
// the score. A mechanism weighs the items and hands back a mean of them; the answer is read off the
// payloads in it by a fixed rule. So the four tasks tell what a score can say about two vectors:
// that they are rotated against each other, of one direction, near, or that one is at a place.
// Luong, Pham, Manning 2015, arXiv 1508.04025, section 3.1; Tsai et al. 2019, arXiv 1908.11775.
#include "examples/tasks/sets/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {

void ask_rotated(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
                 Generator&) {
  const Real* key = keys.data() + meant * key_width;
  for (Index c = 0; c < key_width; ++c) query[(c + 1) % key_width] = key[c];
}

void ask_direction(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
                   Generator& rng) {
  constexpr double noise = 0.1;
  for (Index j = 0; j < score_items; ++j) {
    Real* key = keys.data() + j * key_width;
    double squares = 0;
    for (Index c = 0; c < key_width; ++c) squares += static_cast<double>(key[c] * key[c]);
    const double length = std::exp(rng.normal()), factor = length / std::sqrt(squares);
    for (Index c = 0; c < key_width; ++c) {
      key[c] *= static_cast<Real>(factor);
      if (j != meant) continue;
      query[static_cast<std::size_t>(c)] =
          static_cast<Real>(static_cast<double>(key[c]) / length + noise * rng.normal());
    }
  }
}

void ask_near(std::vector<Real>& keys, Index key_width, Index meant, std::vector<Real>& query,
              Generator& rng) {
  constexpr double spread = 1.5, noise = 0.05;
  for (Index j = 0; j < score_items; ++j) {
    Real* key = keys.data() + j * key_width;
    for (Index c = 0; c < key_width; ++c) key[c] *= static_cast<Real>(c < 2 ? spread : 0);
  }
  for (Index c = 0; c < 2; ++c) {
    query[static_cast<std::size_t>(c)] =
        keys[static_cast<std::size_t>(meant * key_width + c)] +
        static_cast<Real>(noise * rng.normal());
  }
}

void ask_slot(std::vector<Real>&, Index, Index meant, std::vector<Real>& query, Generator&) {
  query[static_cast<std::size_t>(meant)] = 1;
}

ScoreBatch draw_scores(Index batch, Index width, MakeQuery make, Generator& rng) {
  const Index key_width = width - score_payloads;
  if (key_width < 2 || (make == ask_slot && key_width < score_items)) {
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

template <MakeQuery make>
class ScoreStudy : public study::Study {
 public:
  ScoreStudy(const study::Setup& setup, Generator& rng)
      : width_(setup.settings.width),
        mechanism_(adopt("mechanism", setup.mechanism(score_items, rng))),
        sharpness_(param("sharpness", Tensor::ones({1}))) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_scores(count, width_, make, rng);
  }
  study::Samples samples() const override { return batch_.items; }

  Tensor loss() override {
    const attention::Mixed answer = read();
    return study::plus(cross_entropy(answer.y, batch_.label), answer.auxiliary);
  }

  double score() const override {
    const Indices said = argmax(read().y, -1);
    Index right = 0;
    for (Index b = 0; b < said.size(); ++b) right += said[b] == batch_.label[b] ? 1 : 0;
    return static_cast<double>(right) / static_cast<double>(said.size());
  }

  // One row a set; the columns are its items.
  std::vector<study::DrawnMap> look() const override {
    constexpr Index examples = 8;
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

  Index width_;
  ScoreBatch batch_;
  attention::Mixer& mechanism_;
  Tensor sharpness_;
};

// A score of the vectors as they are.
const study::Changes as_they_are = {{"projections", 0}};

// What the four records have in common.
study::Task on_scores(MakeQuery make) {
  return {.metric = "accuracy",
          .settings = {.width = make == ask_near ? 12 : 26, .batch = 128, .steps = 600, .lr = 1e-2},
          .chance = 1.0 / score_payloads,
          .floor = study::mode_floor(score_items, score_payloads),
          .level = 0.97,
          .seconds = 1};
}

}  // namespace

study::Task rotated() {
  using enum study::Expect;
  study::Task task = on_scores(ask_rotated);
  task.name = "rotated";
  task.title = "find the item whose key is the rotated query";
  task.what = "Twelve items with random keys; the query is a key, rotated. Only a score that has "
              "learned the rotation finds it, and nothing but the score is trained.";
  task.runs = {{.mechanism = "bilinear"},
               {.mechanism = "additive"},
               {.mechanism = "scaled-dot",
                .why = "Without projections it compares the query with keys that it does not fit.",
                .options = as_they_are,
                .expect = fails},
               {.mechanism = "kernel",
                .why = "Near is not rotated.",
                .options = as_they_are,
                .expect = fails}};
  task.make = study::make_study<ScoreStudy<ask_rotated>>;
  return task;
}

study::Task norms() {
  using enum study::Expect;
  study::Task task = on_scores(ask_direction);
  task.name = "norms";
  task.title = "find the item of the query's direction, among keys of all lengths";
  task.what = "Twelve items whose keys have lengths e^N(0, 1); the query is the direction of one, "
              "with noise. A long key of another direction must not win.";
  task.runs = {{.mechanism = "kernel",
                .why = "The nearest key has the right direction where it is about as long as the "
                       "query.",
                .options = as_they_are,
                .expect = partly},
               {.mechanism = "dot",
                .why = "The longest key that points half the way wins.",
                .options = as_they_are,
                .expect = partly}};
  task.make = study::make_study<ScoreStudy<ask_direction>>;
  return task;
}

study::Task near() {
  using enum study::Expect;
  study::Task task = on_scores(ask_near);
  task.name = "near";
  task.title = "find the item nearest to the query in the plane";
  task.what = "Twelve points in the plane; the query is one of them with a little noise. Nearness "
              "is no dot product: the points far out win that.";
  task.runs = {{.mechanism = "kernel", .options = as_they_are},
               {.mechanism = "additive"},
               {.mechanism = "dot",
                .why = "The points far out win, near the query or not.",
                .options = as_they_are,
                .expect = partly}};
  task.make = study::make_study<ScoreStudy<ask_near>>;
  return task;
}

study::Task slot() {
  using enum study::Expect;
  study::Task task = on_scores(ask_slot);
  task.name = "slot";
  task.title = "find the item at the place that the query names";
  task.what = "Twelve items with random keys; the query says the number of one. The keys tell "
              "nothing: only a score of places answers.";
  task.runs = {{.mechanism = "location"},
               {.mechanism = "bilinear", .why = "It has only the keys to go by.", .expect = fails},
               {.mechanism = "additive", .why = "Neither has this score more.", .expect = fails},
               {.mechanism = "kernel",
                .why = "The number of a place is near no key.",
                .options = as_they_are,
                .expect = fails}};
  task.make = study::make_study<ScoreStudy<ask_slot>>;
  return task;
}

}  // namespace heed::tasks
