#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "examples/tasks/encoder.h"
#include "examples/tasks/in_place.h"
#include "examples/tasks/overlap.h"
#include "examples/tasks/run_log.h"
#include "examples/tasks/token_batch.h"
#include "examples/tasks/translator.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index test_samples = 1024;

// Sentences without a mistake up to and with their end, when the model reads what it wrote.
double exactly_right(const Translator& model, const TranslationBatch& batch) {
  const Indices written = model.write(batch);
  const Index rows = batch.target.shape()[0];
  Index right = 0;
  for (Index b = 0; b < rows; ++b) {
    bool faultless = true;
    for (Index i = b * translation_length; i < (b + 1) * translation_length; ++i) {
      faultless = faultless && (batch.target[i] == not_asked || batch.target[i] == written[i]);
    }
    right += faultless ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(rows);
}

// The weights of the last cross-attention, (B, H, T, S), the right words being given.
Tensor last_cross_weights(const Translator& model, const TranslationBatch& batch) {
  const attention::MapRecorder recorder;
  model(batch);
  return recorder.maps().back().weights;
}

double alignment_error(const Translator& model, const TranslationBatch& batch) {
  const NoGrad no_grad;
  const Indices strongest = argmax(mean(last_cross_weights(model, batch), {1}), -1);  // (B, T)
  Index words = 0, wrong = 0;
  for (Index i = 0; i < batch.target.size(); ++i) {
    if (batch.target[i] == not_asked || batch.target[i] == end_word) continue;
    words += 1;
    wrong += strongest[i] != batch.alignment[i] ? 1 : 0;
  }
  return static_cast<double>(wrong) / static_cast<double>(words);
}

// n7, v3, adj11, adv2, and, end: a word of either language for people.
std::string spell(std::int32_t word) {
  if (word == end_word) return "end";
  if (word == and_word) return "and";
  if (word < 27) return fmt::format("n{}", word - 3);
  if (word < 39) return fmt::format("v{}", word - 27);
  if (word < 51) return fmt::format("adj{}", word - 39);
  return fmt::format("adv{}", word - 51);
}

std::vector<DrawnMap> look(const Translator& model, Generator rng) {
  const TranslationBatch one = draw_translations(1, rng);
  std::vector<std::string> rows, columns;
  for (Index i = 0; i < one.lengths[0]; ++i) {
    columns.push_back(spell(one.source[i]));
    rows.push_back(spell(one.target[i]));
  }
  const attention::MapRecorder recorder;
  model(one);
  std::vector<DrawnMap> maps = drawn_maps(recorder, rows, columns);
  return {maps.back()};  // of the last cross-attention
}

}  // namespace

Outcome train_translation(const Task& task, const Trial& trial) {
  const Settings settings = settings_of(task, trial);
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  Translator model(settings, attention::find(trial.mechanism), start);
  if (trial.variant == "without") ablate(model, Ablation::mean);
  const std::vector<Parameter> parameters = model.parameters();
  optim::AdamW optimizer(parameters, {.beta2 = 0.98, .weight_decay = settings.weight_decay});
  const optim::WarmupCosineOptions schedule{
      .peak = settings.lr, .warmup = std::min<Index>(50, settings.steps), .total = settings.steps};
  RunLog log(settings, trial);
  Overlap overlap;

  for (Index step = 0; step < settings.steps; ++step) {
    const TranslationBatch batch = draw_translations(settings.batch, samples);
    log.begin(step);
    model.seed_draws(trial.seed, static_cast<std::uint64_t>(step));
    const Tensor loss = cross_entropy(model(batch), batch.target);
    optimizer.zero_grad();
    loss.backward();
    optim::clip_by_norm(parameters, 1.0);
    optimizer.set_lr(optim::warmup_cosine(step, schedule));
    optimizer.step();
    log.end(step, static_cast<double>(loss.item()));
    overlap.trained(batch.source);
    if (log.due(step)) {
      Generator validation = seed.stream("validation");
      log.validated(step, exactly_right(model, draw_translations(128, validation)), task.level);
    }
  }

  Outcome outcome;
  log.finish(outcome);
  outcome.parameters = model.parameter_count();
  if (trial.timing) return outcome;
  model.eval();
  Generator test = seed.stream("test");
  const TranslationBatch held_out = draw_translations(test_samples, test);
  outcome.test_samples = test_samples;
  outcome.score = exactly_right(model, held_out);
  outcome.details["alignment error"] = alignment_error(model, held_out);
  outcome.maps = look(model, seed.stream("test"));
  ablate(model, Ablation::mean);
  outcome.ablated = exactly_right(model, held_out);
  overlap.tested(held_out.source);
  outcome.overlap = overlap.count();
  return outcome;
}

}  // namespace heed::inline HEED_REAL::tasks
