// Look or know: an LSTM answers 16 tokens, of which some ask for what lies in one of eight slots
// and some for what it knows by heart. Both are answered with or without a sentinel; what is tested
// is whether its gate says which is which. Lu et al. 2017, arXiv 1612.01887, section 4.4.
#include "examples/tasks/sequences/look_or_know.h"

#include <fmt/format.h>

#include "attention/dense/sentinel.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/study/answers.h"
#include "examples/study/maps.h"
#include "examples/tasks/sets/bags.h"
#include "examples/tasks/tasks.h"
#include "nn/lstm.h"

namespace heed::tasks {

LookBatch draw_looks(Index batch, Generator& rng) {
  constexpr auto values = static_cast<std::int32_t>(look_values);
  constexpr auto slots = static_cast<std::int32_t>(look_slots);
  std::vector<std::int32_t> source, tokens, labels;
  LookBatch drawn;
  for (Index b = 0; b < batch; ++b) {
    const auto first = static_cast<std::size_t>(b * look_slots);
    for (Index s = 0; s < look_slots; ++s) source.push_back(rng.below(values));
    for (Index t = 0; t < look_length; ++t) {
      const bool known = rng.below(2) == 1;
      const std::int32_t which = rng.below(known ? values : slots);
      drawn.known.push_back(known ? 1 : 0);
      tokens.push_back(known ? slots + which : which);
      labels.push_back(known ? (3 * which + 1) % values
                             : source[first + static_cast<std::size_t>(which)]);
    }
  }
  drawn.source = Indices({batch, look_slots}, std::move(source));
  drawn.tokens = Indices({batch, look_length}, std::move(tokens));
  drawn.labels = Indices({batch, look_length}, std::move(labels));
  return drawn;
}

namespace {

class LookStudy : public study::Study {
 public:
  LookStudy(const study::Setup& setup, Generator& rng)
      : width_(setup.settings.width),
        slot_(param("slot", rng.normal({look_slots, width_}, 0, models::embedding_deviation))),
        value_(child<nn::Embedding>("value", look_values, width_, rng, embedding)),
        token_(child<nn::Embedding>("token", look_slots + look_values, width_, rng, embedding)),
        cell_(child<nn::LSTMCell>("cell", width_, width_, rng)),
        sentinel_(child<attention::Sentinel>(
            "sentinel", attention::SentinelOptions{.input_width = width_, .width = width_}, rng)),
        answer_(child<nn::Linear>("answer", width_, look_values, rng)) {}

  void draw(Index count, study::Split, Generator& rng) override { batch_ = draw_looks(count, rng); }
  study::Samples samples() const override { return batch_.source; }
  Tensor loss() override { return cross_entropy(run().logits, batch_.labels); }

  // Does the gate open for what is known? 0.5 when it says nothing.
  double score() const override {
    const Tensor gate = run().gate;
    return area_under_curve({gate.values().begin(), gate.values().end()}, batch_.known);
  }

  study::Details details() const override {
    return {{"accuracy", study::share_right(run().logits, batch_.labels)}};
  }

  std::vector<study::DrawnMap> look() const override {
    std::vector<std::string> rows, columns;
    for (Index t = 0; t < look_length; ++t) {
      const std::int32_t token = batch_.tokens[t];
      rows.push_back(token < look_slots ? fmt::format("slot {}", token + 1) : "known");
    }
    for (Index s = 0; s < look_slots; ++s) columns.push_back(fmt::format("{}", s + 1));
    columns.emplace_back("sentinel");
    const attention::MapRecorder recorder;
    run();
    return study::drawn_maps(recorder, rows, columns);
  }

  void take_out(study::Ablation) override { without_ = true; }

 private:
  static constexpr nn::EmbeddingOptions embedding{.padding_id = -1,
                                                  .deviation = models::embedding_deviation};
  struct Answer {
    Tensor logits;  // (B, T, 10)
    Tensor gate;    // (B, T)
  };

  Answer run() const {
    const Tensor memory = value_(batch_.source) + slot_;  // (B, 8, C)
    const Tensor x = token_(batch_.tokens);               // (B, T, C)
    const Tensor start = Tensor::zeros({x.dim(0), width_});
    nn::LSTMState state{start, start};
    std::vector<Tensor> before, h, c;
    for (Index t = 0; t < look_length; ++t) {
      before.push_back(unsqueeze(state.h, 1));
      state = cell_(select(x, 1, t), state);
      h.push_back(unsqueeze(state.h, 1));
      c.push_back(unsqueeze(state.c, 1));
    }
    const Tensor hidden = concat(h, 1);  // (B, T, C)
    const Tensor own =
        without_ ? Tensor() : sentinel_.sentinel(x, concat(before, 1), concat(c, 1));
    const auto found = sentinel_.attend(hidden, own, memory);
    return {answer_(found.y + hidden), found.gate};
  }

  Index width_;
  bool without_ = false;
  LookBatch batch_;
  Tensor slot_;
  nn::Embedding& value_;
  nn::Embedding& token_;
  nn::LSTMCell& cell_;
  attention::Sentinel& sentinel_;
  nn::Linear& answer_;
};

}  // namespace

study::Task look_or_know() {
  return {.name = "look-or-know",
          .title = "answer from a source or by heart",
          .what = "Half of the tokens ask for what lies in a slot, half for what can be learned by "
                  "heart. The gate of the sentinel has to say which; the answers are right anyway.",
          .metric = "AUC of the gate",
          .ablation = study::Ablation::own,
          .ablation_words = "no sentinel: the gate stays at 0 and tells nothing",
          .settings = {.steps = 1500, .lr = 1e-2},
          .chance = 0.5,
          .floor = 0.5,
          .level = 0.95,
          .bars = {{.detail = "accuracy", .limit = 0.95}},
          .seconds = 5,
          .runs = {{.mechanism = "adaptive-sentinel"}},
          .make = study::make_study<LookStudy>};
}

}  // namespace heed::tasks
