#include "examples/trainers/text.h"

#include <fmt/format.h>

#include <filesystem>

#include "autograd/errors.h"
#include "examples/data/find_data.h"
#include "examples/data/fnv1a.h"
#include "examples/data/text_file.h"

namespace heed::trainers {
namespace {

std::filesystem::path find_text(const TextOptions& options) {
  if (options.text.empty()) return data::find_data("tiny_shakespeare.txt.gz", options.data_dir);
  if (options.data_dir.empty()) return options.text;
  throw ValueError(
      "[train] --text names a file and --data-dir where to find Tiny Shakespeare\n"
      "hint: leave one of them out");
}

}  // namespace

void TextOptions::list(Settings& settings) {
  settings.option("text", text, "a text of your own, plain or gzipped; without: Tiny Shakespeare");
  settings.option("data-dir", data_dir, "where to look for Tiny Shakespeare first");
}

TextData read_text(const TextOptions& options) {
  const std::filesystem::path file = find_text(options);
  const std::string text = data::read_text_file(file);
  data::CharCorpus corpus = data::split_corpus(text, file.string());
  // As it stands in checkpoints since there are any.
  const std::string of_training = data::fnv1a(
      corpus.train, [](std::int32_t token) { return static_cast<std::uint32_t>(token); });
  const std::string line =
      fmt::format("text: {}, {} bytes, FNV-1a {}", file.string(), text.size(), data::fnv1a(text));
  return {std::move(corpus), line, of_training};
}

void SampleOptions::list(Settings& settings) {
  settings.option("sample", count, {0, 1e9}, "characters to write at the end");
  settings.option("temperature", temperature, {0, 1e9},
                  "of the sample; 0: the likeliest character");
  settings.option("prompt", prompt, "what the sample goes on from (default: a new line)");
}

std::vector<std::int32_t> prompt_of(const SampleOptions& options, const data::CharCorpus& corpus) {
  if (options.count == 0) return {};
  const data::CharVocabulary& vocabulary = corpus.vocabulary;
  if (options.prompt) {
    if (options.prompt->empty()) {
      throw ValueError("[train] --prompt is empty\nhint: leave it out, or ask for --sample 0");
    }
    for (const char c : *options.prompt) {
      if (vocabulary.characters().find(c) != std::string::npos) continue;
      throw ValueError(fmt::format(
          "[train] --prompt has the byte 0x{:02x}, which the text has not: the model knows its {} "
          "bytes only\nhint: another prompt, or a text that has it",
          static_cast<unsigned char>(c), vocabulary.size()));
    }
    return vocabulary.encode(*options.prompt);
  }
  if (vocabulary.characters().find('\n') == std::string::npos) return {corpus.train.front()};
  return vocabulary.encode("\n");
}

}  // namespace heed::trainers
