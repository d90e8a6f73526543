#include "examples/tasks/train_free_running.h"

#include <algorithm>

#include "autograd/ops.h"
#include "examples/tasks/encoder.h"
#include "examples/tasks/free_running.h"
#include "examples/tasks/in_place.h"
#include "examples/tasks/overlap.h"
#include "examples/tasks/run_log.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index test_samples = 1024;

// The model reads word and separator, then writes ten tokens, each from everything before it.
double written_right(const Encoder& model, const TokenBatch& batch) {
  const NoGrad no_grad;
  const Index rows = batch.labels.shape()[0], start = word_length + 1;
  std::vector<std::vector<std::int32_t>> texts;
  for (Index b = 0; b < rows; ++b) {
    const auto row = batch.inputs[0].values().subspan(static_cast<std::size_t>(b * repeated_length),
                                                      static_cast<std::size_t>(start));
    texts.emplace_back(row.begin(), row.end());
  }
  Index right = 0;
  for (Index at = start; at < repeated_length; ++at) {
    std::vector<std::int32_t> tokens;
    for (const auto& text : texts) tokens.insert(tokens.end(), text.begin(), text.end());
    const Tensor logits = model({Indices({rows, at}, std::move(tokens))});  // (B, at, 1, answers)
    const Indices next = argmax(select(logits, 1, at - 1), -1);             // (B, 1)
    for (Index b = 0; b < rows; ++b) {
      texts[static_cast<std::size_t>(b)].push_back(next[b]);
      right += next[b] == batch.labels[b * repeated_length + at - 1] ? 1 : 0;
    }
  }
  return static_cast<double>(right) / static_cast<double>(rows * word_length);
}

double forced_right(const Encoder& model, const TokenBatch& batch) {
  const NoGrad no_grad;
  Accuracy accuracy;
  accuracy.count(model(batch.inputs), batch.labels);
  return accuracy.share();
}

std::vector<DrawnMap> look(const Encoder& model, Generator rng) {
  const TokenBatch one = free_running_task().draw(1, rng);
  std::vector<std::string> names;
  for (const std::int32_t token : one.inputs[0].values()) {
    names.push_back(token == static_cast<std::int32_t>(word_values) ? "|" : std::to_string(token));
  }
  const attention::MapRecorder recorder;
  model(one.inputs);
  return drawn_maps(recorder, names, names);
}

}  // namespace

Outcome train_free_running(const Task& task, const Trial& trial) {
  const Settings settings = settings_of(task, trial);
  const TokenTask tokens = free_running_task();
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  // A mechanism that looks back only, or, as the counter-example, the same without its mask.
  const bool masked = trial.variant != "unmasked";
  const attention::Mechanism& mechanism = attention::find(masked ? trial.mechanism : "multihead");
  Encoder model(tokens, settings, mechanism, masked, start);
  if (trial.variant == "without") ablate(model, Ablation::zero);
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
      Generator validation = seed.stream("validation");
      log.validated(step, written_right(model, tokens.draw(128, validation)), task.level);
    }
  }

  Outcome outcome;
  log.finish(outcome);
  outcome.parameters = model.parameter_count();
  if (trial.timing) return outcome;
  model.eval();
  Generator test = seed.stream("test");
  const TokenBatch held_out = tokens.draw(test_samples, test);
  outcome.test_samples = test_samples;
  outcome.score = written_right(model, held_out);
  outcome.details["forced"] = forced_right(model, held_out);
  outcome.maps = look(model, seed.stream("test"));
  ablate(model, Ablation::zero);
  outcome.ablated = written_right(model, held_out);
  overlap.tested(held_out.inputs[0]);
  outcome.overlap = overlap.count();
  return outcome;
}

}  // namespace heed::inline HEED_REAL::tasks
