#include "examples/look/readers.h"

#include <fmt/format.h>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/generation/cached_reader.h"
#include "examples/generation/generate.h"
#include "examples/pytorch/folder.h"

namespace heed::look {

using published::named_or_beside;

namespace {

void check_vocabulary(const tokenizers::Vocabulary& vocabulary, Index of_model) {
  if (vocabulary.size() <= of_model) return;
  throw ValueError(fmt::format("[look] the vocabulary has {} tokens, the model {}: they do not "
                               "belong together",
                               vocabulary.size(), of_model));
}

void check_length(std::size_t tokens, Index context) {
  if (tokens <= static_cast<std::size_t>(context)) return;
  throw ValueError(fmt::format("[look] the text has {} tokens, the model reads {}", tokens,
                               context));
}

std::vector<Tensor> layers_of(const attention::MapRecorder& recorder) {
  std::vector<Tensor> maps;
  for (const attention::Map& map : recorder.maps()) maps.push_back(squeeze(map.weights, 0));
  return maps;
}

Indices one_row(const std::vector<std::int32_t>& ids) {
  return Indices({1, static_cast<Index>(ids.size())}, ids);
}

nn::LoadOptions encoder_names() {
  nn::LoadOptions names = bert_names();
  names.ignore.push_back("cls.*");
  return names;
}

}  // namespace

BertReader::BertReader(const Files& files, bool lowercase)
    : tokenizer_(tokenizers::read_vocabulary_lines(
                     named_or_beside(files.vocabulary, files.weights, "vocab.txt")),
                 {.lowercase = lowercase}) {
  const nn::TensorFile weights = nn::read_safetensors(files.weights);
  const BertOptions options = bert_options(
      weights, published::heads_of(files.heads, files.weights, "num_attention_heads"));
  check_vocabulary(tokenizer_.vocabulary(), options.vocabulary);
  context_ = options.context;
  model_ = published::loaded<BertEncoder>(options, weights, encoder_names());
}

Reading BertReader::read(const std::string& text) const {
  const tokenizers::Encoded in = tokenizer_.with_marks(text);
  if (in.ids.size() == 2) throw ValueError("[look] there is nothing to read: give a sentence");
  check_length(in.ids.size(), context_);
  Reading reading;
  for (std::size_t t = 0; t < in.ids.size(); ++t) {
    const std::string& token = tokenizer_.vocabulary().token(in.ids[t]);
    const bool mark = t == 0 || t + 1 == in.ids.size();
    if (token.starts_with("##") && token.size() > 2 && t > 1) {
      reading.words.back() += token.substr(2);
    } else {
      reading.words.push_back(token);
      reading.marks.push_back(mark);
    }
    reading.tokens.push_back(token);
    reading.word_of.push_back(reading.words.size() - 1);
  }
  const attention::MapRecorder recorder;
  const Shape shape{1, static_cast<Index>(in.ids.size())};
  const Mask all(shape, std::vector<std::uint8_t>(in.ids.size(), 1));
  reading.hidden = squeeze((*model_)(one_row(in.ids), Indices(shape, in.types), all), 0);
  reading.maps = layers_of(recorder);
  return reading;
}

Gpt2Reader::Gpt2Reader(const Files& files)
    : tokenizer_(
          tokenizers::read_vocabulary_json(
              named_or_beside(files.vocabulary, files.weights, "vocab.json")),
          tokenizers::read_merges(named_or_beside(files.merges, files.weights, "merges.txt"))) {
  const nn::TensorFile weights = nn::read_safetensors(files.weights);
  const Gpt2Options options =
      gpt2_options(weights, published::heads_of(files.heads, files.weights, "n_head"));
  check_vocabulary(tokenizer_.vocabulary(), options.vocabulary);
  model_ = published::loaded<Gpt2>(options, weights, gpt2_names());
}

Reading Gpt2Reader::read(const std::string& text) const {
  const std::vector<std::int32_t> ids = tokenizer_.encode(text);
  if (ids.empty()) throw ValueError("[look] there is nothing to read: give a sentence");
  check_length(ids.size(), model_->options().context);
  Reading reading;
  for (const std::int32_t id : ids) {
    const std::string token = tokenizer_.decode(std::vector{id});
    const bool begins = token.starts_with(' ') || reading.words.empty();
    if (begins) reading.words.emplace_back();
    reading.words.back() += token.starts_with(' ') ? token.substr(1) : token;
    reading.tokens.push_back(token);
    reading.word_of.push_back(reading.words.size() - 1);
  }
  reading.marks.assign(reading.words.size(), false);
  const attention::MapRecorder recorder;
  reading.hidden = squeeze(model_->encoder()(one_row(ids)), 0);
  reading.maps = layers_of(recorder);
  return reading;
}

std::string Gpt2Reader::write(const std::string& text, Index count, double temperature,
                              std::uint64_t seed) const {
  const NoGrad no_grad;
  Generator rng(seed);
  const GenerateOptions options{.max_new_tokens = count,
                                .temperature = temperature,
                                .stop = tokenizer_.vocabulary().find("<|endoftext|>")};
  return tokenizer_.decode(
      generate(CachedReader<Gpt2>(*model_), tokenizer_.encode(text), options, rng));
}

}  // namespace heed::look
