#include "examples/trainers/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "autograd/errors.h"

namespace heed::trainers {
namespace {

constexpr double huge = 1e9;

Index default_threads() {
  const unsigned cores = std::thread::hardware_concurrency();
  return std::clamp(static_cast<Index>(cores), Index{1}, Index{64});
}

}  // namespace

void RunSettings::list(Settings& settings) {
  settings.add("batch", batch, {1, 65536}, "samples a step");
  settings.add("steps", steps, {0, huge}, "steps of training; with --resume more than before");
  settings.add("lr", learning_rate, {}, "peak learning rate");
  settings.add("min-lr", least_rate, {}, "learning rate at the end of the cosine (at most --lr)");
  settings.add("warmup", warmup, {0, huge}, "steps of linear warmup (at most --steps)");
  settings.add("weight-decay", weight_decay, {0, huge}, "AdamW's decay of matrices");
  settings.add("clip", clip, {1e-9, huge}, "largest gradient norm");
  settings.add("seed", seed, {0, 9e15}, "of initial weights, batches and samples");
  settings.add("eval-every", eval_every, {0, huge},
               "steps between losses on the validation split; 0: at the end only");
}

void RunOptions::list(Settings& settings) {
  threads = default_threads();
  settings.option("threads", threads, {1, 64}, "does not change any result");
  settings.option("out", out, "folder for log, checkpoints and weights");
  settings.option("resume", resume, "go on from the newest valid checkpoint in --out");
  settings.option("overwrite", overwrite, "let a new run take the place of the one in --out");
  settings.option("checkpoint-every", checkpoint_every, {1, huge}, "steps between checkpoints");
}

bool RunOptions::was_given(const std::string& name) const {
  return std::find(given.begin(), given.end(), name) != given.end();
}

bool resume_settings(const RunOptions& options, Settings& settings, RunSettings& run,
                     const nn::TensorFile& checkpoint) {
  const auto asked = settings.texts();
  const Index steps = run.steps;
  settings.restore(checkpoint);
  const auto kept = settings.texts();
  const bool longer = options.was_given("steps") && steps > run.steps;
  for (const std::string& name : options.given) {
    const auto it = asked.find(name);
    if (it == asked.end() || it->second == kept.at(name)) continue;
    if (name == "steps" && longer) continue;
    throw ValueError(fmt::format(
        "[train] --{0} {1} differs from the {2} of the checkpoint in {3}\nhint: leave --{0} out "
        "to go on with that run, or train a new one in another --out",
        name, it->second, kept.at(name), options.out));
  }
  if (longer) run.steps = steps;
  return longer;
}

}  // namespace heed::trainers
