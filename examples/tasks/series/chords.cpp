// Chords: a sound of .8 seconds is to be written down. Each character is two sines at once, for as
// long as it likes, one behind the other in noise; nobody says where one ends. A decoder has to
// find the frames of each character and to know which were written already. Where it looked can be
// compared with where the character was. Radford et al. 2022, arXiv 2212.04356, in small.
#include "examples/tasks/series/chord_sounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "attention/audio/alignment.h"
#include "attention/audio/whisper.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

class ChordStudy : public study::Study {
 public:
  ChordStudy(const study::Setup& setup, Generator& rng)
      : model_(child<attention::Whisper>("model", sizes(setup.settings), rng)) {}

  // A sound takes longer to make and to hear than to learn from, so that training has a stock.
  void draw(Index count, study::Split split, Generator& rng) override {
    if (split != study::Split::train) {
      batch_ = draw_chords(count, rng);
      return;
    }
    if (stock_.starts.empty()) {
      stock_ = draw_chords(stock, rng);
      stock_.sounds = {};
    }
    std::vector<std::int32_t> rows;
    for (Index b = 0; b < count; ++b) rows.push_back(rng.below(stock));
    batch_ = chosen(stock_, rows);
  }
  study::Samples samples() const override { return batch_.features; }

  Tensor loss() override { return cross_entropy(read(), batch_.written); }

  // Texts without a mistake.
  double score() const override {
    const auto texts = write();
    double right = 0;
    for (std::size_t b = 0; b < texts.size(); ++b) {
      right += std::ranges::equal(texts[b], meant(b)) ? 1 : 0;
    }
    return right / static_cast<double>(texts.size());
  }

  study::Details details() const override {
    const auto texts = write();
    double wrong = 0, all = 0, inside = 0, off = 0;
    const Tensor weights = looks();
    const Indices strongest = argmax(mean(weights, {1}), -1);  // (B, 7)
    for (std::size_t b = 0; b < texts.size(); ++b) {
      wrong += static_cast<double>(study::edit_distance(texts[b], meant(b)));
      const auto row = static_cast<Index>(b), count = static_cast<Index>(meant(b).size());
      // Warped as they are: of 40 places few are looked at (alignment.h).
      const Tensor looked = mean(slice(select(weights, 0, row), 1, 0, count), {0});  // (count, 40)
      const auto starts = attention::row_starts(attention::dynamic_time_warping(-looked));
      for (Index i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Index from = batch_.starts[b][at], to = batch_.starts[b][at + 1];
        const Index place = strongest[row * chord_text + i] * chord_place;
        inside += place >= from && place < to ? 1 : 0;
        // The way through the map begins with the sound, which the first character need not.
        if (i > 0) {
          off += std::abs(static_cast<double>(starts[at] * chord_place - from)) / chord_place;
        }
      }
      all += static_cast<double>(count);
    }
    const double followers = all - static_cast<double>(texts.size());
    return {{"character error", wrong / all},
            {"strongest place inside", inside / all},
            {"places between start and alignment", off / followers}};
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (const std::int32_t character : meant(0)) {
      rows.push_back(std::string(1, static_cast<char>('a' + character)));
    }
    for (Index s = 0; s < chord_frames / 2; ++s) {
      columns.push_back(fmt::format("{} ms", 20 * s));
    }
    const attention::MapRecorder recorder;
    read();
    return {study::drawn_maps(recorder, rows, columns).back()};
  }

  // The decoder writes beside zeros.
  void take_out(study::Ablation ablation) override { deaf_ = ablation != study::Ablation::none; }

 private:
  static attention::WhisperOptions sizes(const study::Settings& settings) {
    return {.bands = chord_bands,
            .positions = chord_frames / 2,
            .vocabulary = chord_count + 1,
            .context = chord_text,
            .width = settings.width,
            .hidden = 2 * settings.width,
            .encoder_layers = settings.layers,
            .decoder_layers = settings.layers,
            .heads = settings.heads,
            .deviation = models::embedding_deviation};
  }

  Tensor hear() const {
    const Tensor memory = model_.encode(batch_.features);  // (B, 40, C)
    return deaf_ ? Tensor::zeros(memory.shape()) : memory;
  }
  // The logits of each character when the right ones before it are given.
  Tensor read() const { return model_.decode(batch_.given, hear()); }

  // Of the decoder's last layer, (B, H, 7, 40).
  Tensor looks() const {
    const attention::MapRecorder recorder;
    read();
    return recorder.maps().back().weights;
  }

  std::span<const std::int32_t> meant(std::size_t b) const {
    return batch_.written.values().subspan(b * chord_text, batch_.starts[b].size() - 1);
  }

  // What the model writes when it reads its own characters, up to the end.
  std::vector<std::vector<std::int32_t>> write() const {
    const NoGrad no_grad;
    const Tensor memory = hear();
    const Index rows = memory.dim(0);
    std::vector<std::vector<std::int32_t>> texts(static_cast<std::size_t>(rows));
    attention::WhisperState state;
    Indices last({rows, 1}, std::vector<std::int32_t>(texts.size(), chord_end));
    std::vector<bool> done(texts.size());
    for (Index t = 0; t < chord_text; ++t) {
      last = argmax(model_.decode(last, memory, state), -1);  // (B, 1)
      for (std::size_t b = 0; b < texts.size(); ++b) {
        const std::int32_t said = last[static_cast<Index>(b)];
        done[b] = done[b] || said == chord_end;
        if (!done[b]) texts[b].push_back(said);
      }
    }
    return texts;
  }

  static constexpr std::int32_t stock = 4096;

  ChordBatch stock_, batch_;
  bool deaf_ = false;
  attention::Whisper& model_;
};

}  // namespace

study::Task chords() {
  return {.name = "chords",
          .title = "write down the chords of a sound",
          .what = "Three to six chords, one behind the other in noise, as long as they like. Each "
                  "is a character: the model hears frames and writes a text.",
          .metric = "exact match",
          .ablation = study::Ablation::own,
          .ablation_words = "zeros in the place of what the encoder heard",
          .settings = {.width = 48, .steps = 1500, .lr = 2e-3, .test_samples = 512},
          .chance = 0,
          .floor = 0,
          .level = 0.95,
          .bars = {{.detail = "character error", .limit = 0.02, .at_most = true},
                   {.detail = "places between start and alignment", .limit = 1.5, .at_most = true}},
          .shown = {"strongest place inside"},
          .seconds = 20,
          .runs = {{.mechanism = "whisper"}},
          .make = study::make_study<ChordStudy>};
}

}  // namespace heed::tasks
