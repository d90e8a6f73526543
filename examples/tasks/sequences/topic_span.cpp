// The span of a topic: of 24 tokens, six to ten in a row speak of a topic. Each token shows a bit,
// which is mostly 1 inside and mostly 0 outside, and a class, which inside is mostly the one that
// is asked. No token can tell by itself whether it lies inside; its neighbours can. Nobody says
// where the span is: only the class has a label. The score is the F1 of the weights as a statement
// of where the span lies. Kim et al. 2017, arXiv 1702.00887, have segments for the same reason.
#include "examples/tasks/sequences/topic_span.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/conv.h"

namespace heed::tasks {
namespace {

constexpr double bit_inside = 0.75, bit_outside = 0.25, own_class = 0.6;
constexpr Index peer_window = 9;

// F1 of the declared tokens; 0 when none is right.
double f1(double right, double declared, double inside) {
  return right > 0 ? 2 * right / (declared + inside) : 0;
}

}  // namespace

TopicBatch draw_topics(Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens, labels;
  std::vector<std::uint8_t> inside;
  for (Index b = 0; b < batch; ++b) {
    labels.push_back(rng.below(topic_classes));
    const std::int32_t length = topic_shortest + rng.below(topic_longest - topic_shortest + 1);
    const std::int32_t start = rng.below(static_cast<std::int32_t>(topic_length) - length + 1);
    for (std::int32_t t = 0; t < topic_length; ++t) {
      const bool in = t >= start && t < start + length;
      const bool bit = rng.uniform() < (in ? bit_inside : bit_outside);
      const bool own = in && rng.uniform() < own_class;
      const std::int32_t of_token = own ? labels.back() : rng.below(topic_classes);
      tokens.push_back(topic_classes * (bit ? 1 : 0) + of_token);
      inside.push_back(in ? 1 : 0);
    }
  }
  return {Indices({batch, topic_length}, std::move(tokens)),
          Mask({batch, topic_length}, std::move(inside)), Indices(std::move(labels))};
}

double best_span_f1(const Tensor& weights, const Mask& inside) {
  const Tensor shares = weights / max(weights, {1}, true);  // (B, N)
  const double all = static_cast<double>(std::ranges::count(inside.values(), 1));
  double best = 0;
  for (int step = 1; step <= 50; ++step) {
    const Mask declared = shares >= step / 50.0;
    const Mask right = declared & inside;
    best = std::max(best, f1(static_cast<double>(std::ranges::count(right.values(), 1)),
                             static_cast<double>(std::ranges::count(declared.values(), 1)), all));
  }
  return best;
}

namespace {

class TopicStudy : public study::Study {
 public:
  TopicStudy(const study::Setup& setup, Generator& rng)
      : word_(child<nn::Embedding>("word", 2 * topic_classes, setup.settings.width, rng,
                                   nn::EmbeddingOptions{.padding_id = -1,
                                                        .deviation = models::embedding_deviation})),
        pooling_(adopt("pooling", setup.mechanism(topic_length, rng))),
        answer_(child<nn::Linear>("answer", setup.settings.width, topic_classes, rng)) {
    if (!setup.settings.peer) return;
    mix_ = &child<nn::Conv1d>("mix", setup.settings.width, setup.settings.width, peer_window, rng,
                              nn::Conv1dOptions{.same = true});
  }

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_topics(count, rng);
  }
  study::Samples samples() const override { return batch_.tokens; }

  Tensor loss() override {
    const attention::Mixed mixed = pooled();
    return study::plus(cross_entropy(answer_(select(mixed.y, 1, 0)), batch_.labels),
                       mixed.auxiliary);
  }

  double score() const override { return best_span_f1(weights(), batch_.inside); }

  // How often the class is right; and F1 of a trained chain whose pairs say nothing.
  study::Details details() const override {
    study::Details found;
    found["accuracy"] = study::share_right(answer_(select(pooled().y, 1, 0)), batch_.labels);
    for (const Parameter& own : pooling_.parameters()) {
      if (!own.name.ends_with("pairs")) continue;
      const Tensor before(own.value.shape(), own.value.values());
      own.value.assign(Tensor::zeros(before.shape()));
      found["F1 without pairs"] = score();
      own.value.assign(before);
    }
    return found;
  }

  // One row a text; inside its span the columns are those that are named.
  std::vector<study::DrawnMap> look() const override {
    const Index examples = std::min<Index>(8, batch_.labels.size());
    std::vector<std::string> rows, columns;
    for (Index b = 0; b < examples; ++b) {
      Index first = 0, last = topic_length - 1;
      while (!batch_.inside[b * topic_length + first]) ++first;
      while (!batch_.inside[b * topic_length + last]) --last;
      rows.push_back(fmt::format("{} to {}", first + 1, last + 1));
    }
    for (Index i = 0; i < topic_length; ++i) columns.push_back(fmt::format("{}", i + 1));
    const attention::MapRecorder recorder;
    pooled();
    return {study::drawn_rows("weights over eight texts, by where the span lies",
                              recorder.maps().back(), rows, columns)};
  }

 private:
  attention::Mixed pooled() const {
    const Tensor h = word_(batch_.tokens);  // (B, 24, C)
    return pooling_.mix(
        {.x = mix_ == nullptr ? h : h + transpose((*mix_)(transpose(h, 1, 2)), 1, 2)});
  }

  // (B, 24)
  Tensor weights() const {
    const attention::MapRecorder recorder;
    pooled();
    return reshape(recorder.maps().back().weights, {-1, topic_length});
  }

  TopicBatch batch_;
  nn::Embedding& word_;
  attention::Mixer& pooling_;
  nn::Linear& answer_;
  nn::Conv1d* mix_ = nullptr;  // the peer's
};

}  // namespace

study::Task topic_span() {
  using enum study::Expect;
  return {.name = "topic-span",
          .title = "the class that a run of tokens speaks of, and where it lies",
          .what = "Six to ten of 24 tokens speak of a class. No token says by itself whether it "
                  "lies in that span, and only the class has a label.",
          .metric = "span F1",
          .settings = {.steps = 500, .lr = 1e-2},
          .chance = 0.5,  // of all tokens a third are inside: declare them all
          .floor = 0.5,
          .level = 0.76,
          .shown = {"accuracy", "F1 without pairs"},
          .seconds = 3,
          .runs = {{.mechanism = "crf"},
                   {.mechanism = "pooling",
                    .why = "Each token is weighed by itself; its weights are read at the share "
                           "that serves them best.",
                    .expect = partly}},
          .beside = {{.mechanism = "pooling",
                      .label = "after a convolution",
                      .why = "The honest peer does about as well: a convolution over nine tokens "
                             "tells each of its neighbours before softmax weighs them, with nine "
                             "times as many parameters.",
                      .settings = {{"peer", 1}}}},
          .make = study::make_study<TopicStudy>};
}

}  // namespace heed::tasks
