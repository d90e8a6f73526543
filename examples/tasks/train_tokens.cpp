#include "examples/tasks/train_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "examples/tasks/chance.h"
#include "examples/tasks/encoder.h"
#include "examples/tasks/in_place.h"
#include "examples/tasks/overlap.h"
#include "examples/tasks/run_log.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index test_batches = 8, test_batch = 128;

Accuracy test(const Encoder& model, const TokenTask& tokens, Generator rng) {
  const NoGrad no_grad;
  Accuracy accuracy;
  for (Index i = 0; i < test_batches; ++i) {
    const TokenBatch batch = tokens.draw(test_batch, rng);
    accuracy.count(model(batch.inputs), batch.labels);
  }
  return accuracy;
}

std::vector<DrawnMap> look(const Encoder& model, const TokenTask& tokens, Generator rng) {
  const TokenBatch one = tokens.draw(1, rng);
  std::vector<std::string> names;
  for (Index i = 0; i < tokens.length; ++i) {
    names.push_back(std::to_string(one.inputs[0][i]));
    // A token with two parts: key and value, or key alone.
    if (one.inputs.size() < 2) continue;
    const bool stored = one.inputs[1][i] < tokens.answers;
    names.back() += stored ? fmt::format(":{}", one.inputs[1][i]) : "?";
  }
  const attention::MapRecorder recorder;
  model(one.inputs);
  return drawn_maps(recorder, names, names);
}

// W_q and W_k from N(0, 1/d): the first two thirds of a packed projection.
void start_at_unit_variance(const Encoder& model, Generator& rng) {
  for (const Parameter& parameter : model.parameters()) {
    if (!parameter.name.ends_with("in_proj_weight")) continue;
    const Index width = parameter.value.dim(1);
    const Tensor drawn =
        rng.normal({2 * width, width}, 0, 1 / std::sqrt(static_cast<double>(width)));
    const NoGrad no_grad;
    parameter.value.assign(concat({drawn, slice(parameter.value, 0, 2 * width, 3 * width)}, 0));
  }
}

}  // namespace

Outcome train_tokens(const Task& task, const TokenTask& tokens, const Trial& trial) {
  const Settings settings = settings_of(task, trial);
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  const attention::Mechanism& mechanism = attention::find(trial.mechanism);
  Encoder model(tokens, settings, mechanism, false, start);
  if (trial.variant == "without") ablate(model, Ablation::mean);
  if (trial.variant == "wide") start_at_unit_variance(model, start);
  const std::vector<Parameter> parameters = model.parameters();
  optim::AdamW optimizer(parameters, {.beta2 = 0.98, .weight_decay = settings.weight_decay});
  const optim::WarmupCosineOptions schedule{
      .peak = settings.lr, .warmup = std::min<Index>(50, settings.steps), .total = settings.steps};
  RunLog log(settings, trial);
  Overlap overlap;

  for (Index step = 0; step < settings.steps; ++step) {
    const TokenBatch batch = tokens.draw(settings.batch, samples);
    log.begin(step);
    model.seed_draws(trial.seed, static_cast<std::uint64_t>(step));
    const Tensor loss = cross_entropy(model(batch.inputs), batch.labels);
    optimizer.zero_grad();
    loss.backward();
    optim::clip_by_norm(parameters, 1.0);
    optimizer.set_lr(optim::warmup_cosine(step, schedule));
    optimizer.step();
    log.end(step, static_cast<double>(loss.item()));
    overlap.trained(batch.inputs[0]);
    if (log.due(step)) {
      const NoGrad no_grad;
      Generator validation = seed.stream("validation");
      Accuracy accuracy;
      const TokenBatch held_out = tokens.draw(test_batch, validation);
      accuracy.count(model(held_out.inputs), held_out.labels);
      log.validated(step, accuracy.share(), task.level);
    }
  }

  Outcome outcome;
  log.finish(outcome);
  outcome.parameters = model.parameter_count();
  if (settings.layers == 1)
    outcome.ceiling = pattern_ceiling(tokens, mechanism.pattern(shape_of(settings, false)));
  if (trial.timing) return outcome;
  model.eval();
  const Accuracy accuracy = test(model, tokens, seed.stream("test"));
  outcome.score = accuracy.share();
  outcome.details["whole sequence"] = accuracy.faultless_share();
  outcome.test_samples = accuracy.samples;
  outcome.maps = look(model, tokens, seed.stream("test"));
  ablate(model, Ablation::mean);
  outcome.ablated = test(model, tokens, seed.stream("test")).share();
  Generator again = seed.stream("test");
  for (Index i = 0; i < test_batches; ++i) {
    overlap.tested(tokens.draw(test_batch, again).inputs[0]);
  }
  outcome.overlap = overlap.count();
  return outcome;
}

}  // namespace heed::inline HEED_REAL::tasks
