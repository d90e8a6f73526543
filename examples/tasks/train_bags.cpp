#include <fmt/format.h>

#include <algorithm>

#include "autograd/ops.h"
#include "examples/tasks/bag_classifier.h"
#include "examples/tasks/encoder.h"
#include "examples/tasks/in_place.h"
#include "examples/tasks/overlap.h"
#include "examples/tasks/run_log.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr Index test_samples = 2048;

// -log p(label) for a logit z: log(1 + e^z) - label z.
Tensor binary_cross_entropy(const Tensor& logits, const Indices& labels) {
  const std::vector<Real> targets(labels.values().begin(), labels.values().end());
  return mean(softplus(logits) - logits * Tensor(logits.shape(), targets));
}

double area(const BagClassifier& model, const BagBatch& batch) {
  const NoGrad no_grad;
  const Tensor logits = model(batch);
  return area_under_curve({logits.values().begin(), logits.values().end()},
                          {batch.labels.values().begin(), batch.labels.values().end()});
}

// Over the positive bags, the mean weight on the 9.
double mass_on_key(const Tensor& weights, const BagBatch& batch) {  // (B, 1, 1, 16)
  double mass = 0, bags = 0;
  for (Index b = 0; b < batch.labels.size(); ++b) {
    if (batch.key[b] < 0) continue;
    mass += static_cast<double>(weights.data()[b * largest_bag + batch.key[b]]);
    bags += 1;
  }
  return mass / bags;
}

// One row a bag; the columns are its digits in order.
DrawnMap draw_map(const Tensor& weights, const BagBatch& batch) {
  constexpr Index examples = 8;
  DrawnMap map{.title = "weights over the digits of eight bags",
               .kind = attention::name_of(attention::MapKind::weights),
               .rows = {}, .columns = {}, .values = {}};
  for (Index i = 0; i < largest_bag; ++i) map.columns.push_back(fmt::format("{}", i + 1));
  for (Index b = 0; b < examples; ++b) {
    map.rows.push_back(batch.key[b] < 0 ? "no 9" : fmt::format("9 is digit {}", batch.key[b] + 1));
    const Real* row = weights.data() + b * largest_bag;
    map.values.emplace_back(row, row + largest_bag);
  }
  return map;
}

}  // namespace

Outcome train_bags(const Task& task, const Trial& trial) {
  const Settings settings = settings_of(task, trial);
  const data::DigitsSplit digits = data::load_digits(trial.data_dir);
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  BagClassifier model(settings, attention::find(trial.mechanism), start);
  if (trial.variant == "without") ablate(model, Ablation::mean);
  const std::vector<Parameter> parameters = model.parameters();
  optim::AdamW optimizer(parameters, {.beta2 = 0.98, .weight_decay = settings.weight_decay});
  const optim::WarmupCosineOptions schedule{
      .peak = settings.lr, .warmup = std::min<Index>(50, settings.steps), .total = settings.steps};
  RunLog log(settings, trial);
  Overlap overlap;

  for (Index step = 0; step < settings.steps; ++step) {
    const BagBatch batch = draw_bags(settings.batch, digits.train, samples);
    log.begin(step);
    model.seed_draws(trial.seed, static_cast<std::uint64_t>(step));
    const Tensor loss = binary_cross_entropy(model(batch), batch.labels);
    optimizer.zero_grad();
    loss.backward();
    optim::clip_by_norm(parameters, 1.0);
    optimizer.set_lr(optim::warmup_cosine(step, schedule));
    optimizer.step();
    log.end(step, static_cast<double>(loss.item()));
    overlap.trained(batch.instances);
    if (log.due(step)) {
      Generator validation = seed.stream("validation");
      log.validated(step, area(model, draw_bags(256, digits.train, validation)), task.level);
    }
  }

  Outcome outcome;
  log.finish(outcome);
  outcome.parameters = model.parameter_count();
  if (trial.timing) return outcome;
  model.eval();
  Generator test = seed.stream("test");
  const BagBatch held_out = draw_bags(test_samples, digits.test, test);
  outcome.test_samples = test_samples;
  outcome.score = area(model, held_out);
  {
    const attention::MapRecorder recorder;
    model(held_out);
    if (!recorder.maps().empty()) {
      outcome.details["mass on the key"] = mass_on_key(recorder.maps().back().weights, held_out);
      outcome.maps = {draw_map(recorder.maps().back().weights, held_out)};
    }
  }
  ablate(model, Ablation::mean);
  outcome.ablated = area(model, held_out);
  overlap.tested(held_out.instances);
  outcome.overlap = overlap.count();
  return outcome;
}

}  // namespace heed::inline HEED_REAL::tasks
