// Any order: a word of 8 tokens is said twice, and its 16 tokens are learned in a random order,
// each from those that came before it. The half that comes last is asked. What stands eight places
// away answers, where it came earlier. The stream that predicts must not see its own token: one
// that does learns to copy it, and has nothing to say when the token is not known, as in use. Yang
// et al. 2019, "XLNet", arXiv 1906.08237, section 2.3.
#include "examples/tasks/sequences/any_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/maps.h"
#include "attention/training/two_stream.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"
#include "nn/feed_forward.h"

namespace heed::tasks {
namespace {

using attention::Streams;

constexpr auto unknown = said_values;
constexpr auto half = static_cast<std::int32_t>(said_once);

// f(token, rank) for every token.
template <class F>
Indices each(const TwiceBatch& batch, F f) {
  std::vector<std::int32_t> made;
  for (Index i = 0; i < batch.tokens.size(); ++i) {
    made.push_back(f(batch.tokens[i], batch.order[i]));
  }
  return Indices(batch.tokens.shape(), std::move(made));
}

}  // namespace

TwiceBatch draw_twice(Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens;
  for (Index b = 0; b < batch; ++b) {
    for (Index i = 0; i < said_twice; ++i) {
      const std::size_t twin = tokens.size() - static_cast<std::size_t>(i < half ? 0 : half);
      tokens.push_back(i < half ? rng.below(said_values) : tokens[twin]);
    }
  }
  return {Indices({batch, said_twice}, std::move(tokens)),
          attention::draw_orders(batch, said_twice, rng)};
}

TwiceBatch with_half_unknown(const TwiceBatch& batch) {
  return {each(batch, [](std::int32_t token, std::int32_t rank) {
            return rank < half ? token : unknown;
          }),
          each(batch, [](std::int32_t, std::int32_t rank) { return std::min(rank, half); })};
}

Indices answers_of(const TwiceBatch& batch) {
  std::vector<std::int32_t> labels;
  for (Index i = 0; i < batch.tokens.size(); ++i) {
    const Index twin = i % said_twice < half ? i + half : i - half;
    const bool told = batch.order[i] >= half && batch.order[twin] < half;
    labels.push_back(told ? batch.tokens[i] : models::not_asked);
  }
  return Indices(batch.tokens.shape(), std::move(labels));
}

namespace {

// A pre-norm block for both streams; one MLP serves both.
class TwoStreamBlock : public nn::Module {
 public:
  TwoStreamBlock(Index width, Index heads, Generator& rng)
      : attention_(child<attention::TwoStream>(
              "attention", attention::TwoStreamOptions{.width = width, .heads = heads}, rng)),
        mlp_(child<nn::FeedForward>("mlp", width, 2 * width, rng)),
        norm1_(child<nn::LayerNorm>("norm1", width)),
        norm2_(child<nn::LayerNorm>("norm2", width)) {}

  Streams operator()(const Streams& in, const Indices& order, bool blind) const {
    Streams read{norm1_(in.content), norm1_(in.query)};
    if (blind) read.content = Tensor::zeros(read.content.shape());
    const Streams told = attention_(read, order);
    return {thought(in.content + told.content), thought(in.query + told.query)};
  }

 private:
  Tensor thought(const Tensor& x) const { return x + mlp_(norm2_(x)); }

  attention::TwoStream& attention_;
  nn::FeedForward& mlp_;
  nn::LayerNorm& norm1_;
  nn::LayerNorm& norm2_;
};

class AnyOrderStudy : public study::Study {
 public:
  AnyOrderStudy(const study::Setup& setup, Generator& rng)
      : one_stream_(setup.settings.peer),
        token_(child<nn::Embedding>("token", said_values + 1, setup.settings.width, rng,
                                    nn::EmbeddingOptions{
                                        .padding_id = -1,
                                        .deviation = models::embedding_deviation})),
        start_(param("start", rng.normal({setup.settings.width}, 0,
                                         models::embedding_deviation))),
        norm_(child<nn::LayerNorm>("norm", setup.settings.width)),
        answer_(child<nn::Linear>("answer", setup.settings.width, said_values, rng)) {
    for (Index i = 0; i < setup.settings.layers; ++i) {
      blocks_.push_back(&child<TwoStreamBlock>(fmt::format("layers.{}", i), setup.settings.width,
                                               setup.settings.heads, rng));
    }
  }

  void draw(Index count, study::Split, Generator& rng) override { batch_ = draw_twice(count, rng); }
  study::Samples samples() const override { return batch_.tokens; }

  // All of the later half, answerable or not: who learns does not know which.
  Tensor loss() override {
    return cross_entropy(logits(batch_), each(batch_, [](std::int32_t token, std::int32_t rank) {
                           return rank < half ? models::not_asked : token;
                         }));
  }

  double score() const override { return share(logits(with_half_unknown(batch_))); }
  // What it says of tokens that it was given, if its stream may look at them.
  study::Details details() const override { return {{"given", share(logits(batch_))}}; }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> names;
    for (Index i = 0; i < said_twice; ++i) {
      names.push_back(fmt::format("{} ({})", batch_.tokens[i], batch_.order[i] + 1));
    }
    const attention::MapRecorder recorder;
    logits({slice(batch_.tokens, 0, 0, 1), slice(batch_.order, 0, 0, 1)});
    return study::drawn_maps(recorder, names, names);
  }

  // Nothing of the content reaches anybody.
  void take_out(study::Ablation ablation) override { blind_ = ablation != study::Ablation::none; }

 private:
  // (B, 16, 10), of the query stream, or of the content stream where there is but one.
  Tensor logits(const TwiceBatch& batch) const {
    const Tensor content = token_(batch.tokens);  // (B, 16, C)
    Streams streams{content, expand(start_, content.shape())};
    for (const TwoStreamBlock* block : blocks_) streams = (*block)(streams, batch.order, blind_);
    return answer_(norm_(one_stream_ ? streams.content : streams.query));
  }

  double share(const Tensor& found) const {
    models::Accuracy reached;
    const Indices labels = answers_of(batch_);
    reached.count(unsqueeze(found, 2), labels.reshape({labels.dim(0), said_twice, 1}));
    return reached.share();
  }

  TwiceBatch batch_;
  bool one_stream_, blind_ = false;
  nn::Embedding& token_;
  Tensor start_;  // what the query stream begins with
  nn::LayerNorm& norm_;
  nn::Linear& answer_;
  std::vector<TwoStreamBlock*> blocks_;
};

}  // namespace

study::Task any_order() {
  return {.name = "any-order",
          .title = "say the rest of a word that is said twice, learned in any order",
          .what = "Sixteen tokens are learned in a random order, the later half from the earlier "
                  "one. Who predicts a token must not have seen it.",
          .metric = "accuracy",
          .ablation = study::Ablation::own,
          .ablation_words = "zeros in place of the content that both streams read",
          .settings = {.layers = 2, .heads = 2, .steps = 600},
          .chance = 1.0 / said_values,
          .floor = study::mode_floor(said_once, said_values),
          .level = 0.99,
          .shown = {"given"},
          .seconds = 3,
          .runs = {{.mechanism = "xlnet"},
                   {.mechanism = "xlnet",
                    .label = "one stream",
                    .why = "The stream that sees its own token predicts: it copies what it is "
                           "given, and where that is not known it has learned nothing.",
                    .settings = {{"peer", 1}},
                    .expect = study::Expect::fails}},
          .make = study::make_study<AnyOrderStudy>};
}

}  // namespace heed::tasks
