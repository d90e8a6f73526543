#include "examples/train_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <limits>
#include <thread>
#include <type_traits>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double huge = 1e9;

// The one list of settings: visit(name, field, least, most, help).
template <class Settings, class Visit>
void for_each_setting(Settings& s, Visit&& visit) {
  visit("--layers", s.layers, 1.0, 1000.0, "Transformer blocks");
  visit("--width", s.width, 1.0, 65536.0, "features of a token");
  visit("--heads", s.heads, 1.0, 1024.0, "attention heads; must divide the width");
  visit("--context", s.context, 1.0, 65536.0, "tokens the model sees");
  visit("--batch", s.batch, 1.0, 65536.0, "sequences a step");
  visit("--steps", s.steps, 0.0, huge, "steps of training");
  visit("--lr", s.learning_rate, 0.0, std::numeric_limits<double>::max(), "peak learning rate");
  visit("--min-lr", s.least_rate, 0.0, std::numeric_limits<double>::max(),
        "learning rate at the end of the cosine");
  visit("--warmup", s.warmup, 0.0, huge, "steps of linear warmup");
  visit("--weight-decay", s.weight_decay, 0.0, huge, "AdamW's decay of matrices");
  visit("--clip", s.clip, 0.0, huge, "largest gradient norm; 0: no clipping");
  visit("--seed", s.seed, 0.0, 1.8e19, "of initial weights, batches and samples");
  visit("--eval-every", s.eval_every, 0.0, huge,
        "steps between losses on the validation split; 0: at the end only");
}

std::string exactly(double value) { return fmt::format("{:a}", value); }
template <class Whole>
std::string exactly(Whole value) {
  return fmt::format("{}", value);
}

// Reads well, and reads back as the same number.
const auto readably = [](auto value) { return fmt::format("{}", value); };

// Text of every setting by name, the name without its dashes.
template <class Print>
std::map<std::string, std::string> texts(const RunSettings& settings, Print&& print) {
  std::map<std::string, std::string> result;
  for_each_setting(settings, [&](const char* name, const auto& field, double, double, const char*) {
    result[name + 2] = print(field);
  });
  return result;
}

template <class Number>
void from_text(const std::string& name, const std::string& text, Number& value) {
  char* end = nullptr;
  if constexpr (std::is_same_v<Number, double>) {
    value = std::strtod(text.c_str(), &end);
  } else if constexpr (std::is_unsigned_v<Number>) {
    value = std::strtoull(text.c_str(), &end, 10);
  } else {
    value = std::strtoll(text.c_str(), &end, 10);
  }
  if (text.empty() || *end != '\0') {
    throw FormatError(fmt::format("[train gpt] setting {} of the checkpoint is '{}'", name, text));
  }
}

int default_threads() {
  const unsigned cores = std::thread::hardware_concurrency();
  return cores < 2 ? 1 : cores > 64 ? 64 : static_cast<int>(cores);
}

void add_options(CLI::App& app, TrainOptions& options) {
  for_each_setting(options.run, [&](const char* name, auto& field, double least, double most,
                                    const char* help) {
    app.add_option(name, field, help)->check(CLI::Range(least, most))->capture_default_str();
  });
  app.add_option("--threads", options.threads, "does not change any result")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--out", options.out, "folder for log, checkpoints and weights")
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "where to look for the text first");
  app.add_flag("--resume", options.resume, "go on from the newest valid checkpoint in --out");
  app.add_option("--checkpoint-every", options.checkpoint_every, "steps between checkpoints")
      ->check(CLI::Range(1.0, huge))
      ->capture_default_str();
  app.add_option("--sample", options.sample, "characters to write at the end")
      ->check(CLI::Range(0.0, huge))
      ->capture_default_str();
  app.add_option("--temperature", options.temperature, "of the sample; 0: the likeliest character")
      ->check(CLI::Range(0.0, huge))
      ->capture_default_str();
  app.add_option("--prompt", options.prompt, "what the sample goes on from (default: a new line)");
}

}  // namespace

int parse_train_options(int argc, char** argv, TrainOptions& options) {
  options.threads = default_threads();
  CLI::App app("Trains a character-level GPT on Tiny Shakespeare.", argv[0]);
  add_options(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  for_each_setting(options.run, [&](const char* name, auto&, double, double, const char*) {
    if (app.count(name) > 0) options.given.push_back(name);
  });
  return -1;
}

std::map<std::string, std::string> settings_to_text(const RunSettings& settings) {
  return texts(settings, [](auto value) { return exactly(value); });
}

RunSettings settings_from_text(const std::map<std::string, std::string>& text) {
  RunSettings settings;
  for_each_setting(settings, [&](const char* name, auto& field, double, double, const char*) {
    const auto found = text.find(name + 2);
    from_text(name, found == text.end() ? std::string() : found->second, field);
  });
  return settings;
}

RunSettings resumed_settings(const TrainOptions& options, const RunSettings& checkpoint) {
  const auto asked = texts(options.run, readably);
  const auto kept = texts(checkpoint, readably);
  for (const std::string& name : options.given) {
    const std::string key = name.substr(2);
    if (asked.at(key) == kept.at(key)) continue;
    throw ValueError(fmt::format(
        "[train gpt] {} {} differs from the {} of the checkpoint in {}; hint: leave {} out to go "
        "on with that run, or train a new one in another --out",
        name, asked.at(key), kept.at(key), options.out, name));
  }
  return checkpoint;
}

}  // namespace heed::inline HEED_REAL
