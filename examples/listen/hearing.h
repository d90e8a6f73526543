// A published Whisper that writes down what it hears, and shows when it heard it.
// Radford et al. 2022, arXiv 2212.04356.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "examples/data/wav.h"
#include "examples/listen/words.h"
#include "examples/pytorch/whisper.h"
#include "examples/tokenizers/byte_pairs.h"

namespace heed::listen {

// Where a model lies. What is empty or 0 is looked for beside the weights: vocab.json, merges.txt,
// config.json for the heads; always added_tokens.json and, where there is one,
// generation_config.json.
struct Files {
  std::string weights;  // safetensors
  std::string vocabulary = {}, merges = {};
  Index heads = 0;
};

// What was heard in half a minute of a sound.
struct Heard {
  double from = 0, to = 0;  // seconds of the sound
  std::string text;
  std::vector<Word> words;
  std::vector<std::string> tokens;  // T, of the text
  Tensor features;                  // (bands, frames), a frame each 10 ms
  Tensor weights;  // (T, S): where each token looked, S frames of 20 ms; the mean of some heads
};

// Throws IoError and FormatError when a file is missing or is not what it should be.
class Hearer {
 public:
  // `language` is for models that know several: "en", "de".
  Hearer(const Files& files, const std::string& language);

  // A half minute after the other. Throws ValueError on a sound shorter than a tenth of a second.
  std::vector<Heard> hear(const data::Sound& sound) const;

 private:
  Heard hear_part(const Tensor& samples, double seconds) const;
  std::vector<std::int32_t> written(const Tensor& memory) const;
  Tensor looked(const std::vector<std::int32_t>& text, const Tensor& memory) const;
  void require_room(Index vocabulary) const;
  std::int32_t special(const std::string& name) const;

  tokenizers::BytePairs tokenizer_;
  std::map<std::string, std::int32_t> specials_;
  std::unique_ptr<Whisper> model_;
  std::vector<std::int32_t> prompt_;
  Tensor allowed_;  // (V): 0, and -inf for what is no text
  std::vector<std::pair<std::size_t, std::size_t>> alignment_;  // layers and heads that follow
};

}  // namespace heed::listen
