// heed look: reads a sentence with a published model and shows where its heads look.
//
//   heed look bert --weights model.safetensors "The trophy does not fit in the suitcase."
//   heed look gpt2 --weights model.safetensors --write 20 "The trophy does not fit"
//
// Writes look.html, a page, and look.json, its numbers, and prints the strongest heads.
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "autograd/cpu_check.h"
#include "autograd/ops.h"
#include "examples/command_line.h"
#include "examples/data/text_file.h"
#include "examples/exit_codes.h"
#include "examples/look/drawings.h"
#include "examples/look/page.h"
#include "examples/look/readers.h"
#include "examples/process.h"
#include "examples/pytorch/folder.h"
#include "nn/files/atomic_file.h"

namespace heed::look {
namespace {

struct Options {
  Files files;
  std::string text, among, out = "look";
  std::vector<std::string> words, heads;
  bool cased = false;
  Index write = 0;
  double temperature = 0;
  std::uint64_t seed = 1;
};

// Weights do not come with heed.
constexpr const char* where_weights_are =
    "no weights come with heed. Those of a model are published as a folder with model.safetensors, "
    "its vocabulary and config.json, for example\n"
    "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2  (bert, 91 MB)\n"
    "https://huggingface.co/openai-community/gpt2                   (gpt2, 548 MB)";

void add_shared(CLI::App& app, Options& options) {
  app.add_option("text", options.text, "what the model reads")->required();
  app.add_option("--weights", options.files.weights, "safetensors file with PyTorch's names");
  app.add_option("--vocab", options.files.vocabulary, "the vocabulary; else beside the weights");
  app.add_option("--heads", options.files.heads, "heads a layer; else config.json beside it")
      ->check(CLI::Range(1, 1024));
  app.add_option("--word", options.words, "name the strongest heads for this word; repeatable");
  app.add_option("--head", options.heads, "draw this head large, LAYER.HEAD; repeatable");
  app.add_option("--out", options.out, "folder for look.html and look.json")
      ->capture_default_str();
  app.footer(where_weights_are);
}

void add_options(CLI::App& app, Options& options) {
  app.require_subcommand(1);
  app.footer(where_weights_are);
  CLI::App* bert = app.add_subcommand("bert", "an encoder of BERT's shape");
  add_shared(*bert, options);
  bert->add_flag("--cased", options.cased, "keep large letters and accents");
  bert->add_option("--among", options.among, "a file of sentences, one a line: which are nearest?");
  CLI::App* gpt2 = app.add_subcommand("gpt2", "a decoder of GPT-2's shape");
  add_shared(*gpt2, options);
  gpt2->add_option("--merges", options.files.merges, "merges.txt; else beside the weights");
  gpt2->add_option("--write", options.write, "tokens to write behind the text")
      ->check(CLI::Range(0, 100000));
  gpt2->add_option("--temperature", options.temperature, "of the draws; 0: the likeliest token")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  gpt2->add_option("--seed", options.seed, "of the draws")->capture_default_str();
}

// "3.1": layer 3, head 1.
std::pair<std::size_t, std::size_t> head_named(const std::string& name, const Reading& reading) {
  const auto layers = reading.maps.size();
  const auto heads = static_cast<std::size_t>(reading.maps.front().dim(0));
  std::istringstream in(name);
  std::size_t layer = 0, head = 0;
  char dot = 0;
  if (in >> layer >> dot >> head && dot == '.' && in.eof() && layer < layers && head < heads) {
    return {layer, head};
  }
  throw ValueError(fmt::format("[look] there is no head '{}'\nhint: from 0.0 to {}", name,
                               head_name(layers - 1, heads - 1)));
}

// The words that were asked for; all, if none was.
std::vector<Asked> asked_of(const Options& options, const Reading& reading) {
  std::vector<Asked> asked;
  if (options.words.empty()) {
    for (std::size_t word = 0; word < reading.words.size(); ++word) {
      if (!reading.marks[word]) asked.push_back({word, strongest_heads(reading, word, 1)});
    }
  }
  for (const std::string& name : options.words) {
    for (const std::size_t word : reading.find(name)) {
      asked.push_back({word, strongest_heads(reading, word, 5)});
    }
  }
  return asked;
}

// What is drawn large: what was asked for; else the strongest head of each word asked for.
std::vector<std::pair<std::size_t, std::size_t>> heads_of(const Options& options,
                                                          const Shown& shown) {
  std::vector<std::pair<std::size_t, std::size_t>> heads;
  for (const std::string& name : options.heads) {
    heads.push_back(head_named(name, shown.reading));
  }
  if (!heads.empty() || options.words.empty()) return heads;
  for (const Asked& asked : shown.asked) {
    for (const Link& link : asked.links) {
      const std::pair<std::size_t, std::size_t> one{link.layer, link.head};
      if (std::ranges::find(heads, one) == heads.end()) heads.push_back(one);
      break;
    }
  }
  return heads;
}

std::vector<Near> nearest(const BertReader& reader, const Reading& reading,
                          const std::string& file) {
  constexpr std::size_t most = 10;
  std::istringstream lines(data::read_text_file(file));
  const Tensor own = reading.summary();
  std::vector<Near> near;
  for (std::string line; std::getline(lines, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    near.push_back({line, static_cast<double>(sum(own * reader.read(line).summary()).item())});
  }
  std::ranges::stable_sort(near, std::greater(), &Near::cosine);
  near.resize(std::min(most, near.size()));
  return near;
}

void save(const std::filesystem::path& path, const std::string& content) {
  nn::write_atomically(path.string(), std::as_bytes(std::span(content)));
}

void print(const Shown& shown) {
  fmt::print(std::cout, "{:<16} {:<6} {:<16} weight\n", "word", "head", "looks at");
  for (const Asked& asked : shown.asked) {
    for (const Link& link : asked.links) {
      fmt::print(std::cout, "{:<16} {:<6} {:<16} {:.2f}\n", shown.reading.words[asked.word],
                 head_name(link.layer, link.head), shown.reading.words[link.to], link.weight);
    }
  }
  for (const Near& near : shown.near) {
    fmt::print(std::cout, "{:.3f}  {}\n", near.cosine, near.sentence);
  }
  if (!shown.written.empty()) fmt::print(std::cout, "{}\n", shown.written);
}

Shown look(const std::string& model, const Options& options) {
  published::require_weights("look", options.files.weights, where_weights_are);
  const NoGrad no_grad;
  Shown shown;
  shown.model = model;
  shown.text = options.text;
  if (model == "bert") {
    const BertReader reader(options.files, !options.cased);
    shown.reading = reader.read(options.text);
    if (!options.among.empty()) shown.near = nearest(reader, shown.reading, options.among);
  } else {
    const Gpt2Reader reader(options.files);
    shown.reading = reader.read(options.text);
    if (options.write > 0) {
      shown.written =
          reader.write(options.text, options.write, options.temperature, options.seed);
    }
  }
  shown.asked = asked_of(options, shown.reading);
  shown.heads = heads_of(options, shown);
  return shown;
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Reads a sentence with a published model and shows where its heads look.",
               "heed look");
  add_options(app, options);
  if (const int code = parse(app, argc, argv); code >= 0) return code;
  check_cpu();
  const std::string model = app.get_subcommands().front()->get_name();
  const Shown shown = look(model, options);
  std::error_code ignored;  // writing says what is wrong with the folder
  std::filesystem::create_directories(options.out, ignored);
  const std::filesystem::path out = options.out;
  save(out / "look.html", html_page(shown));
  save(out / "look.json", json_of(shown));
  print(shown);
  fmt::print(std::cout, "page: {}\n", (out / "look.html").string());
  return ExitCode::ok;
}

}  // namespace
}  // namespace heed::look

int main(int argc, char** argv) {
  return heed::run_process([&] { return heed::look::run(argc, argv); });
}
