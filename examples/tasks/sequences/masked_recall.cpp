// Masked recall: a word of 8 tokens and the same word backwards. Tokens of the left half are hidden
// as BERT hides them; what each was stands in the right half, and nowhere else. Seen from the left
// alone a hidden token can only be guessed. Devlin et al. 2018, "BERT", arXiv 1810.04805, sections
// 3.1 and A.1.
#include "attention/training/bert.h"
#include "examples/models/encoder.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

constexpr Index word = 8, length = 2 * word, values = 10;
constexpr auto hidden = static_cast<std::int32_t>(values);  // [MASK]

Index mirrored(Index i, Index) { return i < word ? length - 1 - i : -1; }

models::TokenBatch draw(const models::Tokens&, Index batch, Generator& rng) {
  std::vector<std::int32_t> text;
  std::vector<std::uint8_t> left;
  for (Index b = 0; b < batch; ++b) {
    for (Index i = 0; i < length; ++i) {
      const Index mirror = b * length + length - 1 - i;
      text.push_back(i < word ? rng.below(hidden) : text[static_cast<std::size_t>(mirror)]);
      left.push_back(i < word ? 1 : 0);
    }
  }
  const Shape shape{batch, length};
  const attention::MaskedTokens masked = attention::mask_tokens(
      Indices(shape, std::move(text)),
      {.vocabulary = values, .mask_token = hidden, .at_least_one = true}, rng, Mask(shape, left));
  return {{masked.tokens}, masked.labels.reshape({batch, length, 1})};
}

models::Tokens tokens() {
  models::Tokens made{.vocabularies = {values + 1}, .length = length, .answers = values,
                      .draw = draw};
  made.sources = study::Sources{.length = length, .groups = 1, .answers = values, .of = mirrored};
  return made;
}

// Trained on all that was chosen; the score counts what reads [MASK]. A token that was left as it
// is stands in the input.
class MaskedStudy : public models::TokenStudy {
 public:
  MaskedStudy(const study::Setup& setup, Generator& rng) : TokenStudy(tokens(), setup, rng) {}

  double score() const override {
    std::vector<std::int32_t> labels(batch().labels.values().begin(),
                                     batch().labels.values().end());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (batch().inputs[0][static_cast<Index>(i)] != hidden) labels[i] = models::not_asked;
    }
    models::Accuracy reached;
    reached.count(answer(batch().inputs).y, Indices(batch().labels.shape(), std::move(labels)));
    return reached.share();
  }
  study::Details details() const override { return {{"all chosen", accuracy().share()}}; }

 protected:
  std::string name_of(Index i) const override {
    return batch().inputs[0][i] == hidden ? "?" : TokenStudy::name_of(i);
  }
};

}  // namespace

study::Task masked_recall() {
  using enum study::Expect;
  return {.name = "masked-recall",
          .title = "say what hidden tokens of a mirrored word were",
          .what = "A word and its mirror image; tokens of the first half are hidden, and only the "
                  "second half tells what they were. Who looks to the left alone has to guess.",
          .metric = "accuracy",
          .settings = {.heads = 2, .steps = 300},
          .chance = 1.0 / values,
          .floor = 1.0 / values,
          .level = 0.99,
          .seconds = 0.7,
          .needs = study::Needs{.self = true},
          .sources = tokens().sources,
          .runs = {{.mechanism = "bert"},
                   {.mechanism = "causal",
                    .why = "The same attention looking to the left only: a guess is all it has.",
                    .expect = ceiling}},
          .make = study::make_study<MaskedStudy>};
}

}  // namespace heed::tasks
