#include <fmt/format.h>

#include <algorithm>

#include "attention/hard/choice.h"
#include "autograd/ops.h"
#include "examples/tasks/encoder.h"
#include "examples/tasks/glimpse.h"
#include "examples/tasks/in_place.h"
#include "examples/tasks/overlap.h"
#include "examples/tasks/run_log.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index test_samples = 2048;

// 1 where the answer is right, 0 elsewhere, in the shape of `like` (one number a sample).
Tensor rewards(const Tensor& logits, const Indices& labels, const Shape& like) {
  const Indices answers = argmax(logits, -1);
  std::vector<Real> reward;
  for (Index b = 0; b < labels.size(); ++b) reward.push_back(answers[b] == labels[b] ? 1 : 0);
  return {like, reward};
}

double accuracy(const Glimpse& model, const CellBatch& batch) {
  const NoGrad no_grad;
  return static_cast<double>(
      mean(rewards(model(batch.cells).logits, batch.labels, batch.labels.shape())).item());
}

Tensor weights(const Glimpse& model, const Tensor& cells) {  // (B, 1, 1, 9)
  const attention::MapRecorder recorder;
  model(cells);
  return recorder.maps().back().weights;
}

double mass_on_mark(const Glimpse& model, const CellBatch& batch) {
  const NoGrad no_grad;
  const Tensor on_cells = reshape(weights(model, batch.cells), {batch.labels.size(), marked_cells});
  const Indices marked = batch.marked.reshape({batch.labels.size(), 1});
  return static_cast<double>(mean(take_along(on_cells, marked)).item());
}

// One row of weights a test example; the columns are the cells in reading order.
std::vector<DrawnMap> look(const Glimpse& model, const CellBatch& batch) {
  constexpr Index examples = 8;
  DrawnMap map{.title = "weights over the nine cells, eight examples",
               .kind = attention::name_of(attention::MapKind::weights),
               .rows = {}, .columns = {}, .values = {}};
  for (Index cell = 0; cell < marked_cells; ++cell)
    map.columns.push_back(fmt::format("cell {}", cell + 1));
  const Tensor on_cells = weights(model, slice(batch.cells, 0, 0, examples));
  for (Index b = 0; b < examples; ++b) {
    map.rows.push_back(fmt::format("mark in {}", batch.marked[b] + 1));
    const Real* row = on_cells.data() + b * marked_cells;
    map.values.emplace_back(row, row + marked_cells);
  }
  return {map};
}

}  // namespace

Outcome train_marked_cell(const Task& task, const Trial& trial) {
  const Settings settings = settings_of(task, trial);
  const data::DigitsSplit digits = data::load_digits(trial.data_dir);
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  Glimpse model(settings, attention::find(trial.mechanism), start);
  if (trial.variant == "without") ablate(model, Ablation::mean);
  const std::vector<Parameter> parameters = model.parameters();
  optim::AdamW optimizer(parameters, {.beta2 = 0.98, .weight_decay = settings.weight_decay});
  const optim::WarmupCosineOptions schedule{
      .peak = settings.lr, .warmup = std::min<Index>(50, settings.steps), .total = settings.steps};
  attention::RunningBaseline baseline;
  RunLog log(settings, trial);
  Overlap overlap;

  for (Index step = 0; step < settings.steps; ++step) {
    const CellBatch batch = draw_cells(settings.batch, digits.train, samples);
    log.begin(step);
    model.seed_draws(trial.seed, static_cast<std::uint64_t>(step));
    const Glimpse::Seen seen = model(batch.cells);
    const Tensor classified = cross_entropy(seen.logits, batch.labels);
    Tensor loss = classified;
    if (seen.log_probability.defined()) {
      const Tensor reward = rewards(seen.logits, batch.labels, seen.log_probability.shape());
      loss = loss + attention::reinforce(seen.log_probability, reward, baseline.value());
      baseline.update(reward);
    }
    optimizer.zero_grad();
    loss.backward();
    optim::clip_by_norm(parameters, 1.0);
    optimizer.set_lr(optim::warmup_cosine(step, schedule));
    optimizer.step();
    log.end(step, static_cast<double>(classified.item()));
    overlap.trained(batch.cells);
    if (log.due(step)) {
      Generator validation = seed.stream("validation");
      model.eval();
      log.validated(step, accuracy(model, draw_cells(256, digits.train, validation)), task.level);
      model.train();
    }
  }

  Outcome outcome;
  log.finish(outcome);
  outcome.parameters = model.parameter_count();
  if (trial.timing) return outcome;
  model.eval();
  Generator test = seed.stream("test");
  const CellBatch held_out = draw_cells(test_samples, digits.test, test);
  outcome.test_samples = test_samples;
  outcome.score = accuracy(model, held_out);
  outcome.details["mass on the mark"] = mass_on_mark(model, held_out);
  outcome.maps = look(model, held_out);
  ablate(model, Ablation::mean);
  outcome.ablated = accuracy(model, held_out);
  overlap.tested(held_out.cells);
  outcome.overlap = overlap.count();
  return outcome;
}

}  // namespace heed::inline HEED_REAL::tasks
