#include "examples/study/train.h"

#include <fmt/format.h>

#include "attention/catalog.h"
#include "examples/study/optimization.h"
#include "examples/study/overlap.h"

namespace heed::study {
namespace {

// What is known of a run before it is trained.
Run announced(const Task& task, const Trial& trial) {
  const Settings& settings = trial.settings;
  Run run;
  run.mechanism = trial.mechanism;
  run.label = trial.label;
  run.task = trial.task;
  run.seed = trial.seed;
  run.metric = task.metric;
  run.higher_is_better = task.better == Better::higher;
  run.chance = task.chance;
  run.floor = task.floor;
  run.lr = settings.lr;
  run.steps = static_cast<double>(settings.steps);
  run.batch = static_cast<double>(settings.batch);
  run.width = static_cast<double>(settings.width);
  run.layers = static_cast<double>(settings.layers);
  run.heads = static_cast<double>(settings.heads);
  for (const auto& [name, value] : trial.options) {
    run.options += fmt::format("{}{}={}", run.options.empty() ? "" : ", ", name,
                               attention::find(trial.mechanism).option(name).written(value));
  }
  run.ceiling = task.perfect();
  if (!task.sources) return run;
  const attention::Mechanism& mechanism = attention::find(trial.mechanism);
  if (!mechanism.mixer || mechanism.mixer->pattern == nullptr) return run;
  const attention::MixerShape shape{.width = settings.width,
                                    .heads = settings.heads,
                                    .causal = settings.causal,
                                    .length = task.sources->length};
  run.ceiling = pattern_ceiling(
      *task.sources, mechanism.pattern(shape, mechanism.values(trial.options)), settings.layers);
  return run;
}

Setup setup_of(const Trial& trial) {
  return {.settings = trial.settings,
          .data_dir = trial.data_dir,
          .name = trial.mechanism,
          .options = trial.options,
          .make_mixer = [&](const attention::MixerShape& shape, Generator& rng) {
            return make_mixer(trial.mechanism, trial.options, shape, rng);
          }};
}

double validate(Study& study, const Settings& settings, Generator samples) {
  const NoGrad no_grad;
  study.draw(settings.validation_samples, Split::validation, samples);
  study.eval();
  const double score = study.score();
  study.train();
  return score;
}

// The trained model on samples that it never saw, then without its mechanism on the same ones.
void test(Study& study, const Task& task, const Settings& settings, Generator samples,
          Overlap& overlap, Found& found) {
  const NoGrad no_grad;
  study.eval();
  study.draw(settings.test_samples, Split::test, samples);
  overlap.tested(study.samples());
  found.run.test_samples = static_cast<double>(settings.test_samples);
  found.run.overlap = static_cast<double>(overlap.count());
  found.run.score = study.score();
  found.run.details = study.details();
  found.maps = study.look();
  study.take_out(task.ablation);
  found.run.ablated = study.score();
}

}  // namespace

Found train(const Task& task, const Trial& trial, const Progress& progress) {
  const Settings& settings = trial.settings;
  const Generator seed(trial.seed);
  Generator start = seed.stream("start"), samples = seed.stream("train");
  const std::unique_ptr<Study> study = task.make(setup_of(trial), start);
  if (trial.without) study->take_out(task.ablation);
  Optimization optimization(study->parameters(), settings);
  Log log(trial, progress);
  Overlap overlap;

  for (Index step = 0; step < settings.steps; ++step) {
    study->draw(settings.batch, Split::train, samples);
    overlap.trained(study->samples());
    study->seed_draws(trial.seed, static_cast<std::uint64_t>(step));
    log.begin(step);
    const Tensor loss = study->loss();
    optimization.step(loss);
    log.end(step, static_cast<double>(loss.item()));
    if (log.due(step)) {
      log.validated(step, validate(*study, settings, seed.stream("validation")), task);
    }
  }

  Found found{announced(task, trial), {}};
  log.finish(found.run);
  found.run.parameters = static_cast<double>(study->parameter_count());
  if (!trial.timing) test(*study, task, settings, seed.stream("test"), overlap, found);
  for (DrawnMap& map : found.maps) {
    map.mechanism = trial.mechanism;
    map.task = trial.task;
  }
  return found;
}

void try_out(const Task& task, const Trial& trial) {
  Generator rng(trial.seed);
  announced(task, trial);
  task.make(setup_of(trial), rng);
}

}  // namespace heed::study
