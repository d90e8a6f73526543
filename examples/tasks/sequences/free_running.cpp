// Say it again: a word, a separator, the same word. A language model reads the sequence and is asked
// for the next token throughout the second half; tested, it reads what it wrote. What a causal mask is
// for: without it the model sees the answers in its input while it is trained, and has nothing to go
// by when it must write on its own. Radford et al. 2018, "Improving language understanding by
// generative pre-training"; teacher forcing: Williams, Zipser 1989.
#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index word = 10, values = 10, length = 2 * word + 1;  // word, separator, word

// Position i is asked for token i + 1, from the separator on.
Index word_before(Index i, Index) { return i < word || i == 2 * word ? -1 : i - word; }

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> tokens, labels;
  for (Index b = 0; b < batch; ++b) {
    std::vector<std::int32_t> said(static_cast<std::size_t>(word));
    for (std::int32_t& token : said) token = rng.below(static_cast<std::int32_t>(values));
    tokens.insert(tokens.end(), said.begin(), said.end());
    tokens.push_back(static_cast<std::int32_t>(values));
    tokens.insert(tokens.end(), said.begin(), said.end());
    labels.insert(labels.end(), static_cast<std::size_t>(word), models::not_asked);
    labels.insert(labels.end(), said.begin(), said.end());
    labels.push_back(models::not_asked);  // the text ends here
  }
  return {{Indices({batch, length}, std::move(tokens))},
          Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {values + 1}, .length = length, .answers = values, .draw = draw,
          .sources = study::Sources{.length = length, .answers = values, .of = word_before}};
}

class FreeRunning : public models::TokenStudy {
 public:
  FreeRunning(const study::Setup& setup, Generator& rng) : TokenStudy(tokens(), setup, rng) {}

  // The model reads word and separator, then writes, each token from everything before it.
  double score() const override {
    const Index rows = batch().labels.shape()[0];
    std::vector<std::vector<std::int32_t>> texts;
    for (Index b = 0; b < rows; ++b) {
      const auto from = batch().inputs[0].values().begin() + b * length;
      texts.emplace_back(from, from + word + 1);
    }
    Index right = 0;
    for (Index at = word + 1; at < length; ++at) {
      std::vector<std::int32_t> text;
      for (const auto& one : texts) text.insert(text.end(), one.begin(), one.end());
      const Tensor logits = model()({Indices({rows, at}, std::move(text))}).y;  // (B, at, 1, 10)
      const Indices next = argmax(select(logits, 1, at - 1), -1);               // (B, 1)
      for (Index b = 0; b < rows; ++b) {
        texts[static_cast<std::size_t>(b)].push_back(next[b]);
        right += next[b] == batch().labels[b * length + at - 1] ? 1 : 0;
      }
    }
    return static_cast<double>(right) / static_cast<double>(rows * word);
  }
  study::Details details() const override { return {{"forced", accuracy().share()}}; }

 protected:
  std::string name_of(Index i) const override {
    return i == word ? "|" : std::to_string(batch().inputs[0][i]);
  }
};

}  // namespace

study::Task free_running() {
  using enum study::Expect;
  return {.name = "free-running",
          .title = "write a word of 10 tokens again, from what was written so far",
          .what = "A language model reads a word and a separator and writes the word again, "
                  "reading what it wrote. Trained without a mask it has seen the answers.",
          .metric = "accuracy", .ablation = study::Ablation::zero,
          .settings = {.width = 64, .layers = 2, .causal = true, .steps = 600},
          .chance = 1.0 / values,
          .floor = study::mode_floor(word, values),
          .bars = {{"forced", 0.99}}, .seconds = 5.0,
          .needs = study::Needs{.self = true, .causal = true, .variable = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "causal"}},
          .beside = {{.mechanism = "multihead", .label = "unmasked", .settings = {{"causal", 0}}}},
          .make = study::make_study<FreeRunning>};
}

}  // namespace heed::tasks
