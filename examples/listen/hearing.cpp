#include "examples/listen/hearing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "attention/audio/alignment.h"
#include "attention/maps.h"
#include "autograd/ops.h"
#include "examples/generation/generate.h"
#include "examples/listen/resampled.h"
#include "examples/pytorch/folder.h"
#include "nn/log_mel.h"

namespace heed::listen {
namespace {

using nlohmann::json;

constexpr double rate = 16000;  // samples a second, of every Whisper
constexpr double shortest = 0.1;  // seconds
constexpr const char* end_of_text = "<|endoftext|>";
constexpr const char* generation_config = "generation_config.json";

// The tokens that no text is cut into, by name.
std::map<std::string, std::int32_t> specials_of(const std::string& weights,
                                                const tokenizers::Vocabulary& vocabulary) {
  std::map<std::string, std::int32_t> specials;
  const json added = published::object_beside(weights, "added_tokens.json");
  for (const auto& [name, id] : added.items()) {
    if (id.is_number_integer()) specials[name] = id.get<std::int32_t>();
  }
  if (const auto end = vocabulary.find(end_of_text)) specials[end_of_text] = *end;
  return specials;
}

// The heads that follow the sound, as the authors found them; where no file says so all of the
// later half of the layers.
std::vector<std::pair<std::size_t, std::size_t>> alignment_of(const std::string& weights,
                                                              const WhisperOptions& options) {
  std::vector<std::pair<std::size_t, std::size_t>> heads;
  const json config = published::object_beside(weights, generation_config);
  for (const json& one : config.value("alignment_heads", json::array())) {
    const bool pair = one.is_array() && one.size() == 2 && one[0].is_number_unsigned() &&
                      one[1].is_number_unsigned();
    if (!pair || one[0] >= options.decoder_layers || one[1] >= options.heads) {
      throw FormatError(fmt::format(
          "[listen] {} names {} as a layer and head that follow the sound: there are {} layers "
          "of {}",
          generation_config, one.dump(), options.decoder_layers, options.heads));
    }
    heads.emplace_back(one[0].get<std::size_t>(), one[1].get<std::size_t>());
  }
  if (!heads.empty()) return heads;
  for (Index layer = options.decoder_layers / 2; layer < options.decoder_layers; ++layer) {
    for (Index head = 0; head < options.heads; ++head) {
      heads.emplace_back(static_cast<std::size_t>(layer), static_cast<std::size_t>(head));
    }
  }
  return heads;
}

// Whether a text has to say its language; those of English alone have a token less.
bool knows_languages(const std::string& weights, const WhisperOptions& options) {
  constexpr Index tokens_of_many = 51865;
  return published::object_beside(weights, generation_config)
      .value("is_multilingual", options.vocabulary >= tokens_of_many);
}

Indices one_row(const std::vector<std::int32_t>& ids) {
  return Indices({1, static_cast<Index>(ids.size())}, ids);
}

}  // namespace

Hearer::Hearer(const Files& files, const std::string& language)
    : tokenizer_(tokenizers::read_vocabulary_json(
                     published::named_or_beside(files.vocabulary, files.weights, "vocab.json")),
                 tokenizers::read_merges(
                     published::named_or_beside(files.merges, files.weights, "merges.txt"))),
      specials_(specials_of(files.weights, tokenizer_.vocabulary())) {
  const nn::TensorFile weights = nn::read_safetensors(files.weights);
  const Index heads =
      published::heads_of(files.heads, files.weights, "decoder_attention_heads");
  model_ = published::loaded<Whisper>(whisper_options(weights, heads), weights, whisper_names());
  require_room(model_->options().vocabulary);
  alignment_ = alignment_of(files.weights, model_->options());
  prompt_ = {special("<|startoftranscript|>")};
  if (knows_languages(files.weights, model_->options())) {
    prompt_.push_back(special(fmt::format("<|{}|>", language)));
    prompt_.push_back(special("<|transcribe|>"));
  } else if (language != "en") {
    throw ValueError(fmt::format("[listen] the model knows no {}, English alone", language));
  }
  prompt_.push_back(special("<|notimestamps|>"));
  // Text is what the vocabulary has a word for, and its end.
  constexpr Real never = -std::numeric_limits<Real>::infinity();
  std::vector<Real> allowed(static_cast<std::size_t>(model_->options().vocabulary), never);
  std::fill_n(allowed.begin(), tokenizer_.vocabulary().size(), Real(0));
  for (const auto& [name, id] : specials_) {
    if (name != end_of_text) allowed[static_cast<std::size_t>(id)] = never;
  }
  allowed_ = Tensor({model_->options().vocabulary}, allowed);
}

void Hearer::require_room(Index vocabulary) const {
  Index needed = tokenizer_.vocabulary().size();
  for (const auto& [name, id] : specials_) needed = std::max<Index>(needed, id + 1);
  if (needed <= vocabulary) return;
  throw ValueError(fmt::format(
      "[listen] the vocabulary has {} tokens, the model {}: they do not belong together", needed,
      vocabulary));
}

std::int32_t Hearer::special(const std::string& name) const {
  const auto found = specials_.find(name);
  if (found != specials_.end()) return found->second;
  throw ValueError(fmt::format("[listen] the model has no token {}", name));
}

std::vector<std::int32_t> Hearer::written(const Tensor& memory) const {
  const auto read = [this, reader = WhisperReader(*model_, memory)](
                        std::span<const std::int32_t> tokens) mutable {
    return reader(tokens) + allowed_;
  };
  const auto room = model_->options().context - static_cast<Index>(prompt_.size());
  Generator unused(1);
  std::vector<std::int32_t> text =
      generate(read, prompt_, {.max_new_tokens = room / 2, .temperature = 0,
                               .stop = special(end_of_text)}, unused);
  text.erase(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(prompt_.size()));
  if (!text.empty() && text.back() == special(end_of_text)) text.pop_back();
  return text;
}

// (heads, T + 1, S): what each token of the text, and its end, was written from.
Tensor Hearer::looked(const std::vector<std::int32_t>& text, const Tensor& memory) const {
  std::vector<std::int32_t> ids = prompt_;
  ids.insert(ids.end(), text.begin(), text.end());
  const attention::MapRecorder recorder;
  model_->decode(one_row(ids), memory);
  std::vector<Tensor> of_layers;  // (1, H, prompt + T, S)
  for (const attention::Map& map : recorder.maps()) {
    if (map.mechanism == "cross") of_layers.push_back(map.weights);
  }
  std::vector<Tensor> chosen;
  for (const auto& [layer, head] : alignment_) {
    chosen.push_back(select(squeeze(of_layers.at(layer), 0), 0, static_cast<Index>(head)));
  }
  // The row before a token is the one that chose it.
  return slice(stack(chosen, 0), 1, static_cast<Index>(prompt_.size()) - 1,
               static_cast<Index>(ids.size()));
}

Heard Hearer::hear_part(const Tensor& samples, double seconds) const {
  Heard heard;
  heard.to = seconds;
  const Tensor features = nn::log_mel(samples, {.bands = model_->options().bands});
  const Tensor memory = model_->encode(unsqueeze(features, 0));
  const std::vector<std::int32_t> text = written(memory);
  heard.text = tokenizer_.decode(text);
  for (const std::int32_t id : text) heard.tokens.push_back(tokenizer_.decode(std::vector{id}));
  const auto frames = std::clamp<Index>(static_cast<Index>(std::ceil(seconds / seconds_a_frame)), 1,
                                        memory.dim(1));
  heard.features = slice(features, 1, 0, std::min(2 * frames, features.dim(1)));
  const Tensor weights = slice(looked(text, memory), 2, 0, frames);  // beyond it is silence
  heard.words = words_of(text, attention::token_starts(weights), tokenizer_);
  heard.weights = slice(mean(weights, {0}), 0, 0, static_cast<Index>(text.size()));
  return heard;
}

std::vector<Heard> Hearer::hear(const data::Sound& sound) const {
  const NoGrad no_grad;
  const double seconds = static_cast<double>(sound.samples.size()) / sound.rate;
  if (seconds < shortest) {
    throw ValueError(fmt::format("[listen] {:.3f} seconds of sound: at least {} are needed",
                                 seconds, shortest));
  }
  const double part = 2 * static_cast<double>(model_->options().positions) * 0.01;  // 30 s
  const auto each = static_cast<std::size_t>(part * sound.rate);
  std::vector<Heard> all;
  for (std::size_t at = 0; at < sound.samples.size(); at += each) {
    std::vector<Real> samples(each);  // silence behind the end
    const std::size_t count = std::min(each, sound.samples.size() - at);
    std::copy_n(sound.samples.begin() + static_cast<std::ptrdiff_t>(at), count, samples.begin());
    const double from = static_cast<double>(at) / sound.rate;
    const Tensor own = Tensor({static_cast<Index>(each)}, samples);
    Heard heard = hear_part(resampled(own, sound.rate, rate),
                            static_cast<double>(count) / sound.rate);
    for (Word& word : heard.words) word.begin += from, word.end += from;
    heard.from = from;
    heard.to += from;
    all.push_back(std::move(heard));
  }
  return all;
}

}  // namespace heed::listen
