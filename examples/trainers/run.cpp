#include "examples/trainers/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "autograd/errors.h"
#include "examples/interrupt.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::trainers {
namespace {

optim::AdamWOptions optimizer_options(const RunSettings& run) {
  return {.lr = run.learning_rate,
          .beta1 = 0.9,
          .beta2 = 0.99,
          .weight_decay = run.weight_decay,
          .groups = optim::no_decay_on_norms_and_biases()};
}

double learning_rate(const RunSettings& run, Index step) {
  return optim::warmup_cosine(step, {.peak = run.learning_rate,
                                     .floor = std::min(run.least_rate, run.learning_rate),
                                     .warmup = std::min(run.warmup, run.steps),
                                     .total = run.steps});
}

// Throws when the file could not be written or would not be read again.
void prove_file(const nn::TensorFile& file, const char* name) {
  nn::parse_safetensors(nn::format_safetensors(file), name);
}

}  // namespace

Run::Run(const Asked& asked, ProgressLine& line)
    : trainer_(asked.trainer),
      run_(asked.run),
      options_(asked.options),
      settings_(asked.settings),
      line_(line),
      make_(asked.make),
      found_(find_checkpoint()),
      rng_(run_.seed),
      study_(make_(run_, rng_)),
      parameters_(study_->model().parameters()),
      optimizer_(parameters_, optimizer_options(run_)) {
  line_.print(study_->data());
  line_.print(fmt::format("{}: {} parameters, {} steps", study_->title(),
                          study_->model().parameter_count(), run_.steps));
  if (found_) {
    go_on();
  } else {
    begin();
  }
}

// With --resume, finds the checkpoint to go on from and takes its settings.
std::optional<nn::Checkpoints::Found> Run::find_checkpoint() {
  if (!options_.resume) return {};
  if (options_.overwrite) {
    throw ValueError("[train] --resume goes on with a run and --overwrite takes its place\n"
                     "hint: leave one of them out");
  }
  std::optional<nn::Checkpoints::Found> found;
  if (!std::filesystem::exists(options_.out)) {
    throw IoError(
        fmt::format("[train] no checkpoint to resume from: there is no folder {}", options_.out));
  }
  if (std::filesystem::is_directory(options_.out)) {
    folder_.emplace(options_.out);
    found = folder_->checkpoints().newest();
  }
  if (!found) {
    std::string why;
    if (folder_) {
      for (const auto& rejected : folder_->checkpoints().rejected()) {
        why += fmt::format("\nrejected {}: {}", rejected.path, rejected.why);
      }
    }
    throw IoError(
        fmt::format("[train] no checkpoint to resume from in {}{}", options_.out, why));
  }
  check_trainer(found->file, trainer_, found->path);
  longer_ = resume_settings(options_, settings_, run_, found->file);
  return found;
}

nn::TensorFile Run::pack() const {
  return pack_run(trainer_, settings_, study_->data_hash(), at_, study_->model(), optimizer_);
}

nn::TensorFile Run::pack_weights() const {
  nn::TensorFile weights;
  for (const auto& [key, text] : study_->metadata()) weights.metadata[key] = text;
  settings_.store(weights);
  name_trainer(weights, trainer_);
  nn::store_parameters(parameters_, "", weights);
  return weights;
}

// A new run. What could fail later, or cost its result, fails here, before anything is touched.
void Run::begin() {
  prove();
  folder_.emplace(options_.out);
  if (!options_.overwrite && folder_->holds_a_run()) {
    throw ValueError(
        fmt::format("[train] {} holds a run already\nhint: --resume goes on with it, --overwrite "
                    "begins anew in its place, another --out keeps both",
                    options_.out));
  }
  folder_->clear();
  folder_->log().cut(0);
  folder_->log().write(fmt::format("{{{}}}", settings_.json()));
  at_.log_bytes = folder_->log().bytes();
}

// The first step without its update, and the files of the end.
void Run::prove() {
  study_->draw(0, rng_);
  study_->model().seed_draws(run_.seed, 0);
  study_->loss().backward();
  optimizer_.zero_grad();
  prove_file(pack(), "a checkpoint");
  prove_file(pack_weights(), "the weights");
}

void Run::go_on() {
  for (const auto& rejected : folder_->checkpoints().rejected()) {
    line_.print(fmt::format("rejected {}: {}", rejected.path, rejected.why));
  }
  at_ = unpack_run(found_->file, study_->data_hash(), study_->model(), optimizer_);
  saved_ = at_.step;
  line_.print(fmt::format("going on from step {} ({})", at_.step, found_->path));
  found_.reset();
  TrainLog& log = folder_->log();
  log.cut(at_.log_bytes);
  if (log.bytes() < at_.log_bytes) {
    line_.print(fmt::format("the log has lost lines of steps before {}", at_.step));
  }
  if (log.bytes() == 0) log.write(fmt::format("{{{}}}", settings_.json()));
  if (longer_) restate_steps();
}

// More steps than the run was meant for: from here on the cosine is that of all of them.
void Run::restate_steps() {
  line_.print(fmt::format("from here on {} steps: the learning rate goes on at {:.3g}, as if they "
                          "had been asked for at first",
                          run_.steps, learning_rate(run_, at_.step)));
  folder_->log().write(fmt::format(R"({{"step":{},"steps":{}}})", at_.step, run_.steps));
  at_.log_bytes = folder_->log().bytes();
  saved_ = -1;  // the new number belongs into a checkpoint at once
}

bool Run::train() {
  const StopRequest stop_request;
  shown_ = at_.step;
  shown_at_ = steady_seconds();
  for (;;) {
    const bool finished = at_.step == run_.steps;
    const bool stop = StopRequest::received();
    if (stop || finished || at_.step % options_.checkpoint_every == 0 || saved_ < 0) save();
    if (stop) return false;
    // A checkpoint comes before the evaluation of its step, so that a resumed run repeats it.
    const bool due = at_.step > 0 && run_.eval_every > 0 && at_.step % run_.eval_every == 0;
    if ((finished || due) && !evaluate()) continue;
    if (finished) return true;
    advance();
  }
}

// The step itself, on the batch that was drawn.
Run::Step Run::train_step() {
  study_->model().seed_draws(run_.seed, static_cast<std::uint64_t>(at_.step));
  const Tensor loss = study_->loss();
  if (!std::isfinite(loss.item())) {
    throw NonFiniteError(fmt::format("the loss is {}", loss.item()));
  }
  optimizer_.zero_grad();
  loss.backward();
  const double norm = optim::clip_by_norm(parameters_, run_.clip);
  optimizer_.set_lr(learning_rate(run_, at_.step));
  optimizer_.step();
  return {loss.item(), optimizer_.lr(), norm};
}

// One step, and its line in the log.
void Run::advance() {
  study_->draw(at_.step, rng_);
  Step step;
  try {
    step = train_step();
  } catch (const NonFiniteError& error) {
    throw NonFiniteError(fmt::format("[train] step {}: {}; {}\nhint: a smaller --lr", at_.step + 1,
                                     error.what(), first_nonfinite()));
  }
  ++at_.step;
  folder_->log().write(fmt::format(R"({{"step":{},{},{},{}}})", at_.step,
                                   json_number("loss", step.loss),
                                   json_number("lr", step.learning_rate),
                                   json_number("grad_norm", step.gradient_norm)));
  at_.log_bytes = folder_->log().bytes();
  show(step.loss);
}

// The moving line at every step, and one that stays at every hundredth.
void Run::show(Real loss) {
  const auto steps = static_cast<double>(run_.steps);
  const std::string text = fmt::format("step {} of {}  loss {:.4f}", at_.step, run_.steps, loss);
  line_.show(static_cast<double>(at_.step) / steps, text);
  if (at_.step % 100 != 0) return;
  const double now = steady_seconds();
  const double each = (now - shown_at_) / static_cast<double>(at_.step - shown_);
  line_.print(fmt::format("{}  {:.1f} ms a step  {} left", text, 1000 * each,
                          clock_time(each * (steps - static_cast<double>(at_.step)))));
  shown_ = at_.step;
  shown_at_ = now;
}

// The loss on the data kept from training. False when a signal came.
bool Run::evaluate() {
  study_->model().eval();
  const auto loss = study_->validate(StopRequest::received);
  study_->model().train();
  if (!loss) return false;
  validation_ = *loss;
  folder_->log().write(
      fmt::format(R"({{"step":{},{}}})", at_.step, json_number("validation_loss", validation_)));
  at_.log_bytes = folder_->log().bytes();
  line_.print(fmt::format("step {}: validation loss {:.4f}", at_.step, validation_));
  return true;
}

void Run::save() {
  if (saved_ == at_.step) return;
  const std::string bad = nonfinite_parameter();
  if (!bad.empty()) {
    throw NonFiniteError(
        fmt::format("[train] step {}: {}\nhint: a smaller --lr", at_.step, bad));
  }
  folder_->log().sync();
  folder_->checkpoints().save(at_.step, pack());
  saved_ = at_.step;
}

// Empty when there is none.
std::string Run::nonfinite_parameter() const {
  for (const Parameter& p : parameters_) {
    const auto values = p.value.values();
    const auto bad =
        std::find_if(values.begin(), values.end(), [](Real v) { return !std::isfinite(v); });
    if (bad != values.end()) {
      return fmt::format("parameter {} holds {} at {}", p.name, *bad, bad - values.begin());
    }
  }
  return {};
}

// The first parameter that is not finite, else the first layer whose output is not.
std::string Run::first_nonfinite() const {
  const std::string parameter = nonfinite_parameter();
  if (!parameter.empty()) return parameter;
  const std::string layer = study_->first_nonfinite();
  if (layer.empty()) return "parameters and layers are finite";
  return fmt::format("parameters are finite, the output of {} is not", layer);
}

void Run::finish() {
  nn::save_checkpoint(folder_->weights_path(), pack_weights());
  line_.print(fmt::format("weights: {}", folder_->weights_path()));
  study_->model().eval();
  const std::string conclusion = study_->conclusion(validation_);
  if (!conclusion.empty()) line_.print(conclusion);
  const std::string sample = study_->sample(rng_);
  if (!sample.empty()) line_.print(sample);
}

}  // namespace heed::trainers
