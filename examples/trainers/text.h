// What trainers on text share: the text that they read, one of the user's own or Tiny Shakespeare,
// and what their samples go on from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "examples/data/characters.h"
#include "examples/trainers/settings.h"

namespace heed::trainers {

struct TextOptions {
  std::string text;      // a file; empty: Tiny Shakespeare
  std::string data_dir;  // where to look for that first

  void list(Settings& settings);
};

struct TextData {
  data::CharCorpus corpus;
  std::string line;  // what was read: "text: FILE, 1115394 bytes, FNV-1a ..."
  std::string hash;  // of the part to train on, in numbers of the vocabulary
};

// Throws IoError and FormatError when the file cannot be read or is too short, ValueError when both
// options are given.
TextData read_text(const TextOptions& options);

struct SampleOptions {
  Index count = 500;
  double temperature = 0.8;
  std::optional<std::string> prompt = {};

  void list(Settings& settings);
};

// The prompt in numbers: the one that was given, else a new line where the text has one, else its
// first character. Empty when no sample is asked for. Throws ValueError on an empty prompt and on
// characters that the text does not have.
std::vector<std::int32_t> prompt_of(const SampleOptions& options, const data::CharCorpus& corpus);

}  // namespace heed::trainers
