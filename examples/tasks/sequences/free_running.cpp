// Say it again: a word of 24 tokens, a separator, the same word. A language model reads the
// sequence and is asked for the next token throughout the second half; tested, it reads what it
// wrote. What a causal mask is for: without it every answer stands in the input while it is
// trained, and how much it has learned beside reading them off shows when it must write on its own.
// Radford et al. 2018, "Improving language understanding by generative pre-training".
#include <algorithm>

#include "autograd/ops.h"
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index word = 24, values = 10, length = 2 * word + 1;  // word, separator, word

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
    labels.resize(labels.size() + static_cast<std::size_t>(word), models::not_asked);
    labels.insert(labels.end(), said.begin(), said.end());
    labels.push_back(models::not_asked);  // the text ends here
  }
  return {{Indices({batch, length}, std::move(tokens))},
          Indices({batch, length, 1}, std::move(labels))};
}

models::Tokens tokens() {
  return {.vocabularies = {values + 1}, .length = length, .answers = values, .draw = draw,
          .sources = study::Sources{length, 1, values, word_before, true}};
}

class FreeRunning : public models::TokenStudy {
 public:
  FreeRunning(const study::Setup& setup, Generator& rng) : TokenStudy(tokens(), setup, rng) {}
  // Words without a mistake: the model reads word and separator, then writes, each token from
  // everything before it.
  double score() const override {
    const Index rows = batch().labels.shape()[0];
    std::vector<std::vector<std::int32_t>> texts;
    for (auto at = batch().inputs[0].values().begin(); std::ssize(texts) < rows; at += length) {
      texts.emplace_back(at, at + word + 1);
    }
    while (std::ssize(texts[0]) < length) {
      const Index at = std::ssize(texts[0]);
      std::vector<std::int32_t> read;
      for (const auto& text : texts) read.insert(read.end(), text.begin(), text.end());
      const Tensor logits = model()({Indices({rows, at}, std::move(read))}).y;  // (B, at, 1, 10)
      const Indices next = argmax(select(logits, 1, at - 1), -1);               // (B, 1)
      for (Index b = 0; b < rows; ++b) texts[static_cast<std::size_t>(b)].push_back(next[b]);
    }
    const auto right = std::ranges::count_if(texts, [](const auto& text) {
      return std::equal(text.begin(), text.begin() + word, text.begin() + word + 1);
    });
    return static_cast<double>(right) / static_cast<double>(rows);
  }
  study::Details details() const override { return {{"forced", accuracy().share()}}; }

 protected:
  std::string name_of(Index i) const override { return i == word ? "|" : TokenStudy::name_of(i); }
};

}  // namespace

study::Task free_running() {
  return {.name = "free-running",
          .title = "write a word of 24 tokens again, from what was written so far",
          .what = "A language model reads a word and a separator and writes the word again, "
                  "reading what it wrote. Trained without a mask it has seen the answers.",
          .metric = "whole words", .ablation = study::Ablation::zero,
          .settings = {.width = 64, .layers = 2, .causal = true, .steps = 400,
                       .validation_samples = 32, .test_samples = 512},
          .level = 0.99, .bars = {{"forced", 0.99}}, .seconds = 5,
          .needs = study::Needs{.self = true, .causal = true, .variable = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "causal"},
                   {.mechanism = "multihead", .label = "unmasked",
                    .why = "Forced, it reads the answers off its input; writing, it cannot.",
                    .settings = {{"causal", 0}}, .expect = study::Expect::fails}},
          .make = study::make_study<FreeRunning>};
}

}  // namespace heed::tasks
