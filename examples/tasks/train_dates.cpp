#include <algorithm>

#include "autograd/ops.h"
#include "examples/tasks/date_reader.h"
#include "examples/tasks/encoder.h"
#include "examples/tasks/in_place.h"
#include "examples/tasks/overlap.h"
#include "examples/tasks/run_log.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index test_samples = 1024;

// The share of dates without a wrong character, when the model reads what it wrote.
double exactly_right(const DateReader& model, const DateBatch& batch) {
  const Indices written = model.write(batch);
  Index right = 0;
  for (std::size_t b = 0; b < batch.texts.size(); ++b) {
    const auto from = b * static_cast<std::size_t>(date_answer_length);
    const auto size = static_cast<std::size_t>(date_answer_length);
    right += std::ranges::equal(written.values().subspan(from, size),
                                batch.answers.values().subspan(from, size))
                 ? 1
                 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(batch.texts.size());
}

std::vector<DrawnMap> look(const DateReader& model, Generator rng) {
  const DateBatch one = draw_dates(1, rng);
  std::vector<std::string> rows, columns;
  for (const std::int32_t c : one.answers.values()) {
    rows.emplace_back(1, answer_characters[static_cast<std::size_t>(c)]);
  }
  for (const char c : one.texts[0]) columns.emplace_back(1, c);
  const attention::MapRecorder recorder;
  model(one);
  return drawn_maps(recorder, rows, columns);
}

}  // namespace

Outcome train_dates(const Task& task, const Trial& trial) {
  const Settings settings = settings_of(task, trial);
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  DateReader model(settings, attention::find(trial.mechanism), start);
  if (trial.variant == "without") ablate(model, Ablation::mean);
  const std::vector<Parameter> parameters = model.parameters();
  optim::AdamW optimizer(parameters, {.beta2 = 0.98, .weight_decay = settings.weight_decay});
  const optim::WarmupCosineOptions schedule{
      .peak = settings.lr, .warmup = std::min<Index>(50, settings.steps), .total = settings.steps};
  RunLog log(settings, trial);
  Overlap overlap;

  for (Index step = 0; step < settings.steps; ++step) {
    const DateBatch batch = draw_dates(settings.batch, samples);
    log.begin(step);
    model.seed_draws(trial.seed, static_cast<std::uint64_t>(step));
    const Tensor loss = cross_entropy(model(batch), batch.answers);
    optimizer.zero_grad();
    loss.backward();
    optim::clip_by_norm(parameters, 1.0);
    optimizer.set_lr(optim::warmup_cosine(step, schedule));
    optimizer.step();
    log.end(step, static_cast<double>(loss.item()));
    overlap.trained(batch.characters);
    if (log.due(step)) {
      Generator validation = seed.stream("validation");
      log.validated(step, exactly_right(model, draw_dates(128, validation)), task.level);
    }
  }

  Outcome outcome;
  log.finish(outcome);
  outcome.parameters = model.parameter_count();
  if (trial.timing) return outcome;
  model.eval();
  Generator test = seed.stream("test");
  const DateBatch held_out = draw_dates(test_samples, test);
  outcome.test_samples = test_samples;
  outcome.score = exactly_right(model, held_out);
  outcome.maps = look(model, seed.stream("test"));
  ablate(model, Ablation::mean);
  outcome.ablated = exactly_right(model, held_out);
  overlap.tested(held_out.characters);
  outcome.overlap = overlap.count();
  return outcome;
}

}  // namespace heed::inline HEED_REAL::tasks
