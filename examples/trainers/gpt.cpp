// `heed train gpt`: a small GPT learns a text, character by character. The defaults are nanoGPT's
// for a CPU (Karpathy 2022), with a head of its own.
#include "examples/models/gpt.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "attention/catalog.h"
#include "autograd/ops.h"
#include "examples/command_line.h"
#include "examples/data/ngrams.h"
#include "examples/generation/cached_reader.h"
#include "examples/generation/generate.h"
#include "examples/trainers/text.h"
#include "examples/trainers/trainers.h"
#include "examples/trainers/windows.h"

namespace heed::trainers {
namespace {

constexpr const char* usual_mechanism = "multihead";

// "local.window=5", one of them for each, as numbers by name.
std::map<std::string, double> changes_of(const attention::Mechanism& mechanism,
                                         const std::vector<std::string>& set) {
  std::map<std::string, double> changes;
  for (const NamedNumber& asked : named_numbers(set, attention::choices)) {
    if (&attention::find(asked.of) != &mechanism) {
      throw ValueError(fmt::format("[train gpt] --set {0}.{1}={2:g} changes {0}, and the GPT is "
                                   "made of {3}\nhint: --mechanism {0}",
                                   asked.of, asked.name, asked.value, mechanism.name));
    }
    changes[asked.name] = asked.value;
  }
  return changes;
}

// Another mechanism of the catalog, or one with other options, in the place of the GPT's own.
void put_mixer(const std::string& name, const std::vector<std::string>& set, GptOptions& into) {
  const attention::Mechanism& mechanism = attention::find(name);
  const attention::Capabilities& can = mechanism.as_mixer().can;
  if (!can.causal || !can.self || !can.tokens) {
    throw ValueError(fmt::format("[train gpt] {} cannot predict the next token; what it can: {}",
                                 mechanism.name, attention::capabilities(mechanism)));
  }
  const attention::MixerShape shape{
      .width = into.width, .heads = into.heads, .causal = true, .length = into.context};
  into.cache = can.cache;
  into.mixer = [&mechanism, shape,
                values = mechanism.values(changes_of(mechanism, set))](Generator& rng) {
    return mechanism.make(shape, rng, values);
  };
}

class GptStudy : public DataStudy {
 public:
  struct Options {
    Index layers = 4;
    Index width = 128;
    Index heads = 4;
    Index context = 64;
    std::string mechanism = usual_mechanism;
    std::vector<std::string> set = {};
    TextOptions text = {};
    SampleOptions sample = {};

    void list(Settings& settings);
    // The GPT's own attention: nothing else was asked for.
    bool usual() const { return mechanism == usual_mechanism && set.empty(); }
    GptOptions of_model(Index vocabulary) const;
  };

  GptStudy(const Options& options, const RunSettings& run, Generator& rng);

  nn::Module& model() override { return model_; }
  std::string data() const override { return text_.line; }
  std::string data_hash() const override { return text_.hash; }
  std::string title() const override;

  void draw(Index step, const Generator& rng) override {
    batch_ = training_batch(text_.corpus.train, batch_size_, options_.context, rng, step);
  }
  Tensor loss() override {
    const GptOutput out = model_.forward(batch_.inputs);
    const Tensor loss = cross_entropy(out.logits, batch_.targets);
    return out.auxiliary.defined() ? loss + out.auxiliary : loss;
  }
  std::optional<double> validate(bool (*stop)()) const override {
    return text_loss([&](const Indices& ids) { return model_(ids); }, options_.context,
                     text_.corpus.validation, stop);
  }
  std::string first_nonfinite() const override { return model_.first_nonfinite(batch_.inputs); }

  std::map<std::string, std::string> metadata() const override {
    return {{"vocabulary", text_.corpus.vocabulary.stored()}};
  }
  std::string conclusion(double validation_loss) const override;
  std::string sample(const Generator& rng) const override;

 private:
  Options options_;
  Index batch_size_;
  TextData text_;
  std::vector<std::int32_t> prompt_;
  Gpt model_;
  TextBatch batch_;
};

void GptStudy::Options::list(Settings& settings) {
  settings.add("layers", layers, {1, 1000}, "Transformer blocks");
  settings.add("width", width, {1, 65536}, "features of a token");
  settings.add("heads", heads, {1, 1024}, "attention heads; must divide the width");
  settings.add("context", context, {1, 65536}, "tokens the model sees");
  settings.add("mechanism", mechanism, "of the catalog, causal: what mixes the tokens");
  settings.add("set", set, "changes an option of it: local.window=5; repeatable");
  text.list(settings);
  sample.list(settings);
}

GptOptions GptStudy::Options::of_model(Index vocabulary) const {
  GptOptions result{.vocabulary = vocabulary,
                    .context = context,
                    .width = width,
                    .layers = layers,
                    .heads = heads};
  if (!usual()) put_mixer(mechanism, set, result);
  return result;
}

GptStudy::GptStudy(const Options& options, const RunSettings& run, Generator& rng)
    : options_(options),
      batch_size_(run.batch),
      text_(read_text(options.text)),
      prompt_(prompt_of(options.sample, text_.corpus)),
      model_(options.of_model(text_.corpus.vocabulary.size()), rng) {
  if (options.usual()) return;
  // The first token alone: the shortest window that a sample or the validation may have.
  const NoGrad no_grad;
  model_.eval();
  model_(Indices({1, 1}, {text_.corpus.train.front()}));
  model_.train();
}

std::string GptStudy::title() const {
  const std::string changed =
      options_.set.empty() ? "" : fmt::format(" ({})", fmt::join(options_.set, ", "));
  const std::string mixer =
      options_.usual() ? "" : fmt::format(" of {}{}", options_.mechanism, changed);
  return fmt::format("GPT{}: {} layers, width {}, {} heads, context {}", mixer, options_.layers,
                     options_.width, options_.heads, options_.context);
}

std::string GptStudy::conclusion(double validation_loss) const {
  const data::CharCorpus& corpus = text_.corpus;
  std::string text = fmt::format("\nnats a character over the {} of the validation split:\n",
                                 corpus.validation.size());
  const char* names[] = {"unigram", "bigram", "trigram"};
  for (int n = 1; n <= 3; ++n) {
    const double entropy =
        data::ngram_entropy(n, corpus.train, corpus.validation, corpus.vocabulary.size());
    text += fmt::format("  {:8} {:.4f}\n", names[n - 1], entropy);
  }
  return text + fmt::format("  {:8} {:.4f}", "this GPT", validation_loss);
}

std::string GptStudy::sample(const Generator& rng) const {
  Generator draws = rng.stream("sample");
  const auto tokens = generate(CachedReader(model_, model_.options().cache), prompt_,
                               {.max_new_tokens = options_.sample.count,
                                .temperature = options_.sample.temperature},
                               draws);
  return text_.corpus.vocabulary.decode(tokens);
}

}  // namespace

Trainer gpt() {
  return trainer<GptStudy>("gpt", "a character GPT on Tiny Shakespeare, or on a text of your own");
}

}  // namespace heed::trainers
