// heed listen: from sound to text with a published Whisper, and when each word was said.
//
//   heed listen speech.wav --weights model.safetensors
//
// Prints the text and its words with their times, and writes listen.html, a page.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "autograd/cpu_check.h"
#include "examples/command_line.h"
#include "examples/exit_codes.h"
#include "examples/listen/page.h"
#include "examples/process.h"
#include "examples/pytorch/folder.h"
#include "nn/files/atomic_file.h"

namespace heed::listen {
namespace {

struct Options {
  Files files;
  std::string sound, language = "en", out = "listen";
};

// Weights do not come with heed.
constexpr const char* where_weights_are =
    "no weights come with heed. Those of a model are published as a folder with model.safetensors, "
    "vocab.json, merges.txt, added_tokens.json and config.json, for example\n"
    "https://huggingface.co/openai/whisper-tiny.en  (151 MB)";

void add_options(CLI::App& app, Options& options) {
  app.add_option("sound", options.sound, "a WAV file, of any rate")->required();
  app.add_option("--weights", options.files.weights, "safetensors file with PyTorch's names");
  app.add_option("--vocab", options.files.vocabulary, "vocab.json; else beside the weights");
  app.add_option("--merges", options.files.merges, "merges.txt; else beside the weights");
  app.add_option("--heads", options.files.heads, "heads a layer; else config.json beside it")
      ->check(CLI::Range(1, 1024));
  app.add_option("--language", options.language, "for models that know several")
      ->capture_default_str();
  app.add_option("--out", options.out, "folder for listen.html")->capture_default_str();
  app.footer(where_weights_are);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("From sound to text with a published Whisper, and when each word was said.",
               "heed listen");
  add_options(app, options);
  if (const int code = parse(app, argc, argv); code >= 0) return code;
  check_cpu();
  published::require_weights("listen", options.files.weights, where_weights_are);
  const data::Sound sound = data::read_wav(options.sound);
  const std::vector<Heard> all = Hearer(options.files, options.language).hear(sound);
  std::error_code ignored;  // writing says what is wrong with the folder
  std::filesystem::create_directories(options.out, ignored);
  const std::string page = (std::filesystem::path(options.out) / "listen.html").string();
  const std::string html = html_page(options.sound, all);
  nn::write_atomically(page, std::as_bytes(std::span(html)));
  for (const Heard& heard : all) {
    fmt::print(std::cout, "{}\n", heard.text);
    for (const Word& word : heard.words) {
      fmt::print(std::cout, "{:7.2f} {:7.2f}  {}\n", word.begin, word.end, word.text);
    }
  }
  fmt::print(std::cout, "page: {}\n", page);
  return ExitCode::ok;
}

}  // namespace
}  // namespace heed::listen

int main(int argc, char** argv) {
  return heed::run_process([&] { return heed::listen::run(argc, argv); });
}
