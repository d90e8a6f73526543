#include "examples/gpt/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <map>
#include <thread>

#include "autograd/errors.h"
#include "nn/files/checkpoint.h"

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
        "learning rate at the end of the cosine (at most --lr)");
  visit("--warmup", s.warmup, 0.0, huge, "steps of linear warmup (at most --steps)");
  visit("--weight-decay", s.weight_decay, 0.0, huge, "AdamW's decay of matrices");
  visit("--clip", s.clip, 1e-9, huge, "largest gradient norm");
  visit("--seed", s.seed, 0.0, 9e15, "of initial weights, batches and samples");
  visit("--eval-every", s.eval_every, 0.0, huge,
        "steps between losses on the validation split; 0: at the end only");
}

void read(const nn::TensorFile& file, const std::string& key, double& value) {
  value = nn::exact_double(file, key);
}
void read(const nn::TensorFile& file, const std::string& key, Index& value) {
  value = nn::exact_int(file, key);
}
void read(const nn::TensorFile& file, const std::string& key, std::uint64_t& value) {
  value = nn::exact_unsigned(file, key);
}

std::string key_of(const char* option) { return fmt::format("run.{}", option + 2); }

// Every setting by name, in decimal numbers that read back as the same value.
std::map<std::string, std::string> texts(const RunSettings& settings) {
  std::map<std::string, std::string> result;
  for_each_setting(settings, [&](const char* name, const auto& field, double, double, const char*) {
    result[name + 2] = fmt::format("{}", field);
  });
  return result;
}

// A range check that does not clutter --help.
CLI::Validator within(double least, double most) { return CLI::Range(least, most).description(""); }

int default_threads() {
  const unsigned cores = std::thread::hardware_concurrency();
  return cores < 2 ? 1 : cores > 64 ? 64 : static_cast<int>(cores);
}

void add_options(CLI::App& app, TrainOptions& options) {
  for_each_setting(
      options.run, [&](const char* name, auto& field, double least, double most, const char* help) {
        app.add_option(name, field, help)->check(within(least, most))->capture_default_str();
      });
  app.add_option("--threads", options.threads, "does not change any result")
      ->check(within(1, 64))
      ->capture_default_str();
  app.add_option("--out", options.out, "folder for log, checkpoints and weights")
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir, "where to look for the text first");
  app.add_flag("--resume", options.resume, "go on from the newest valid checkpoint in --out");
  app.add_option("--checkpoint-every", options.checkpoint_every, "steps between checkpoints")
      ->check(within(1, huge))
      ->capture_default_str();
  app.add_option("--sample", options.sample, "characters to write at the end")
      ->check(within(0, huge))
      ->capture_default_str();
  app.add_option("--temperature", options.temperature, "of the sample; 0: the likeliest character")
      ->check(within(0, huge))
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
    if (app.count(name) > 0) options.given.emplace_back(name + 2);
  });
  return -1;
}

void store_settings(const RunSettings& settings, nn::TensorFile& into) {
  for_each_setting(settings, [&](const char* name, const auto& field, double, double, const char*) {
    into.metadata[key_of(name)] = nn::exact_text(field);
  });
}

RunSettings stored_settings(const nn::TensorFile& file) {
  RunSettings settings;
  for_each_setting(settings, [&](const char* name, auto& field, double, double, const char*) {
    read(file, key_of(name), field);
  });
  return settings;
}

std::string settings_as_json(const RunSettings& settings) {
  std::string json;
  for (const auto& [name, value] : texts(settings)) {
    json += fmt::format(R"({}"{}":{})", json.empty() ? "" : ",", name, value);
  }
  return json;
}

RunSettings resumed_settings(const TrainOptions& options, const RunSettings& checkpoint) {
  const auto asked = texts(options.run);
  const auto kept = texts(checkpoint);
  for (const std::string& name : options.given) {
    if (asked.at(name) == kept.at(name)) continue;
    throw ValueError(fmt::format(
        "[train gpt] --{0} {1} differs from the {2} of the checkpoint in {3}; hint: leave --{0} "
        "out to go on with that run, or train a new one in another --out",
        name, asked.at(name), kept.at(name), options.out));
  }
  return checkpoint;
}

}  // namespace heed::inline HEED_REAL
