// Captions: three coloured shapes lie on a grid, and a text of twelve words says which and where.
// Of 64 pictures each has to find its text: only what both have in common tells them apart, and
// nothing but the pairing is ever said. Radford et al. 2021, arXiv 2103.00020.
// Pictures and texts are encoded apart. That their encoders attend is not what counts here: with
// uniform weights they do as well, and that is one of the runs.
#include "examples/tasks/pairs/captions.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/block.h"
#include "attention/catalog.h"
#include "attention/pairs/clip.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/maps.h"
#include "examples/tasks/pictures/glyphs.h"
#include "examples/tasks/tasks.h"
#include "nn/conv.h"
#include "nn/similarity.h"

namespace heed::tasks {
namespace {

constexpr Index side = caption_side * caption_cell;
constexpr double noise = 0.1;
constexpr const char* kinds[] = {"colour", "shape", "row", "column"};

}  // namespace

CaptionBatch draw_captions(Index batch, Generator& rng) {
  Canvas canvas({batch, caption_colours, side, side}, noise, rng);
  std::vector<std::int32_t> words, dealt;
  for (Index b = 0; b < batch; ++b) {
    std::vector<std::int32_t> places = rng.permutation(caption_side * caption_side);
    places.resize(caption_objects);
    std::ranges::sort(places);  // as one reads
    for (const std::int32_t place : places) {
      const std::int32_t colour = rng.below(caption_colours), shape = rng.below(caption_shapes);
      const auto row = static_cast<std::int32_t>(place / caption_side),
                 column = static_cast<std::int32_t>(place % caption_side);
      words.insert(words.end(), {colour, 4 + shape, 8 + row, 12 + column});
      canvas.draw(shape, b, colour, row * caption_cell, column * caption_cell);
    }
  }
  for (Index first = 0; first < batch; first += caption_group) {
    const Index count = std::min(caption_group, batch - first);
    for (const std::int32_t i : rng.permutation(static_cast<std::int32_t>(count))) {
      dealt.push_back(static_cast<std::int32_t>(first) + i);
    }
  }
  return {canvas.pictures(), Indices({batch, caption_words}, std::move(words)),
          Indices(std::move(dealt))};
}

double recall_at_one(const Tensor& scores) {
  const Indices found = argmax(scores, -1);
  Index right = 0;
  for (Index i = 0; i < found.size(); ++i) right += found[i] == i ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(found.size());
}

namespace {

// Tokens (B, T, C) with their places -> what they amount to, (B, C).
class Tower : public nn::Module {
 public:
  Tower(Index tokens, const study::Settings& settings, Generator& rng)
      : place_(child<nn::LearnedPositions>("place", tokens, settings.width, rng,
                                           models::embedding_deviation)),
        block_(child<attention::EncoderBlock>(
            "block",
            attention::BlockOptions{.width = settings.width, .hidden = 2 * settings.width},
            mixer(settings, rng), rng)),
        norm_(child<nn::LayerNorm>("norm", settings.width)) {}

  Tensor operator()(const Tensor& tokens) const {
    return mean(norm_(block_(place_(tokens))), {1});
  }

 private:
  // Self-attention; the peer's weights are uniform.
  static std::unique_ptr<attention::Mixer> mixer(const study::Settings& settings, Generator& rng) {
    auto made = std::make_unique<study::Removable>(study::make_mixer(
        "multihead", {}, {.width = settings.width, .heads = settings.heads}, rng));
    if (settings.peer) made->set(study::Ablation::mean);
    return made;
  }

  nn::LearnedPositions& place_;
  attention::EncoderBlock& block_;
  nn::LayerNorm& norm_;
};

class CaptionStudy : public study::Study {
 public:
  CaptionStudy(const study::Setup& setup, Generator& rng)
      : patch_(child<nn::Conv2d>("patch", caption_colours, setup.settings.width, caption_cell, rng,
                                 {.stride = caption_cell})),
        word_(child<nn::Embedding>("word", caption_vocabulary, setup.settings.width, rng,
                                   {.padding_id = -1, .deviation = models::embedding_deviation})),
        pictures_(child<Tower>("pictures", caption_side * caption_side, setup.settings, rng)),
        texts_(child<Tower>("texts", caption_words, setup.settings, rng)),
        head_(child<attention::ClipHead>("head", options_of(setup), rng)) {}

  void draw(Index count, study::Split, Generator& rng) override {
    batch_ = draw_captions(count, rng);
  }
  study::Samples samples() const override { return batch_.captions; }

  Tensor loss() override {
    const Encoded found = encode();
    return nn::info_nce(head_.compare(found.pictures, found.texts), true);
  }

  double score() const override { return over_groups(false); }
  study::Details details() const override { return {{"texts to pictures", over_groups(true)}}; }

  // Of the first pictures, the weights over their captions.
  std::vector<study::DrawnMap> look() const override {
    const Index count = std::min<Index>(12, batch_.dealt.size());
    std::vector<std::string> names;
    for (Index i = 0; i < count; ++i) names.push_back(fmt::format("{}", i + 1));
    const Encoded found = encode();
    const attention::MapRecorder recorder;
    head_.compare(slice(found.pictures, 0, 0, count), slice(found.texts, 0, 0, count));
    return study::drawn_maps(recorder, names, names);
  }

  // Everybody gets a caption, and nobody knows whose.
  void take_out(study::Ablation ablation) override {
    dealt_ = ablation != study::Ablation::none;
  }

 private:
  static attention::ClipHeadOptions options_of(const study::Setup& setup) {
    const auto values = attention::find(setup.name).values(setup.options);
    return {.width_a = setup.settings.width, .temperature = values["temperature"]};
  }

  struct Encoded {
    Tensor pictures, texts;  // (B, C)
  };
  Encoded encode() const {
    const Tensor seen = patch_(batch_.pictures);  // (B, C, 4, 4)
    const Tensor patches = transpose(reshape(seen, {seen.dim(0), seen.dim(1), -1}));  // (B, 16, C)
    const Tensor texts = head_.share_b(texts_(word_(batch_.captions)));
    return {head_.share_a(pictures_(patches)),
            dealt_ ? index_select(texts, batch_.dealt) : texts};
  }

  // R@1, the mean over the groups.
  double over_groups(bool of_texts) const {
    const Encoded found = encode();
    const Index count = batch_.dealt.size(), group = std::min(caption_group, count);
    double right = 0;
    for (Index first = 0; first + group <= count; first += group) {
      const auto own = [&](const Tensor& all) { return slice(all, 0, first, first + group); };
      const Tensor scores = head_.compare(own(found.pictures), own(found.texts));
      right += recall_at_one(of_texts ? transpose(scores) : scores);
    }
    return right / static_cast<double>(count / group);
  }

  CaptionBatch batch_;
  bool dealt_ = false;
  nn::Conv2d& patch_;
  nn::Embedding& word_;
  Tower& pictures_;
  Tower& texts_;
  attention::ClipHead& head_;
};

}  // namespace

study::Task captions() {
  return {.name = "captions",
          .title = "which of 64 texts belongs to a picture",
          .what = "Three coloured shapes on a grid, and texts that say which and where. Nothing "
                  "but the pairing is given: of 64 texts each picture has to find its own.",
          .metric = "R@1 of 64",
          .ablation = study::Ablation::own,
          .ablation_words = "captions dealt out at random",
          .settings = {.width = 48, .batch = caption_group, .steps = 300, .lr = 2e-3},
          .chance = 1.0 / caption_group,
          .floor = 1.0 / caption_group,
          .level = 0.95,
          .bars = {{"texts to pictures", 0.95}},
          .seconds = 4,
          .runs = {{.mechanism = "clip",
                    .why = "Picture and text are compared when both are done: what is learned is "
                           "which belong together, and no word ever sees a pixel."},
                   {.mechanism = "clip",
                    .label = "uniform encoders",
                    .why = "With uniform weights in both encoders it does as well: the loss is "
                           "what this task tries, not self-attention.",
                    .settings = {{"peer", 1}}}},
          .make = study::make_study<CaptionStudy>};
}

}  // namespace heed::tasks
