#include "examples/gpt/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "autograd/ops.h"
#include "examples/data/ngrams.h"
#include "examples/gpt/sample.h"
#include "examples/interrupt.h"
#include "optim/clip.h"
#include "optim/schedule.h"

namespace heed::inline HEED_REAL {
namespace {

GptOptions model_options(const RunSettings& run, const data::CharCorpus& corpus) {
  return {.vocabulary = corpus.vocabulary.size(),
          .context = run.context,
          .width = run.width,
          .layers = run.layers,
          .heads = run.heads};
}

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

}  // namespace

GptRun::GptRun(const TrainOptions& options, const data::CharCorpus& corpus, ProgressLine& line)
    : corpus_(corpus),
      line_(line),
      options_(options),
      log_(options.out + "/log.jsonl"),
      store_(options.out),
      found_(find_checkpoint()),
      rng_(options_.run.seed),
      model_(model_options(options_.run, corpus), rng_),
      parameters_(model_.parameters()),
      optimizer_(parameters_, optimizer_options(options_.run)),
      prompt_(corpus.vocabulary.encode(options.prompt)),
      text_hash_(hash_of(corpus.train)) {
  line_.print(fmt::format("GPT: {} layers, width {}, {} heads, context {}: {} parameters, {} steps",
                          options_.run.layers, options_.run.width, options_.run.heads,
                          options_.run.context, model_.parameter_count(), options_.run.steps));
  if (found_) {
    restore();
  } else {
    clear();
  }
  log_.cut(at_.log_bytes);
  if (log_.bytes() < at_.log_bytes) {
    line_.print(fmt::format("the log has lost lines of steps before {}", at_.step));
  }
  if (log_.bytes() == 0) log_.write(fmt::format("{{{}}}", settings_as_json(options_.run)));
}

// With --resume, finds the checkpoint to go on from.
std::optional<nn::Checkpoints::Found> GptRun::find_checkpoint() {
  if (!options_.resume) return {};
  auto found = store_.newest();
  for (const auto& rejected : store_.rejected()) {
    line_.print(fmt::format("rejected {}: {}", rejected.path, rejected.why));
  }
  if (!found) {
    throw IoError(fmt::format("[train gpt] no checkpoint to resume from in {}", options_.out));
  }
  options_.run = resumed_settings(options_, stored_settings(found->file));
  return found;
}

void GptRun::restore() {
  at_ = unpack_run(found_->file, text_hash_, model_, optimizer_);
  saved_ = at_.step;
  line_.print(fmt::format("going on from step {} ({})", at_.step, found_->path));
  found_.reset();
}

// Takes away what an earlier run left, once it is certain that the new one can begin.
void GptRun::clear() {
  store_.clear();
  std::error_code ignored;  // there may be none
  std::filesystem::remove(weights_path(), ignored);
}

std::string GptRun::weights_path() const { return options_.out + "/weights.safetensors"; }

bool GptRun::train() {
  const StopRequest stop_request;
  const RunSettings& run = options_.run;
  shown_ = at_.step;
  shown_at_ = steady_seconds();
  for (;;) {
    const bool finished = at_.step == run.steps;
    const bool stop = StopRequest::received();
    if (stop || finished || at_.step % options_.checkpoint_every == 0) save();
    if (stop) return false;
    // A checkpoint comes before the evaluation of its step, so that a resumed run repeats it.
    const bool due = at_.step > 0 && run.eval_every > 0 && at_.step % run.eval_every == 0;
    if ((finished || due) && !evaluate()) continue;
    if (finished) return true;
    advance();
  }
}

// One step, and its line in the log.
void GptRun::advance() {
  const TextBatch batch =
      training_batch(corpus_.train, options_.run.batch, options_.run.context, rng_, at_.step);
  Step step;
  try {
    step = train_step(batch);
  } catch (const NonFiniteError& error) {
    throw NonFiniteError(fmt::format("[train gpt] step {}: {}; {}; hint: a smaller --lr",
                                     at_.step + 1, error.what(), first_nonfinite(batch.inputs)));
  }
  ++at_.step;
  log_.write(fmt::format(R"({{"step":{},{},{},{}}})", at_.step, json_number("loss", step.loss),
                         json_number("lr", step.learning_rate),
                         json_number("grad_norm", step.gradient_norm)));
  at_.log_bytes = log_.bytes();
  show(step.loss);
}

// The moving line at every step, and one that stays at every hundredth.
void GptRun::show(Real loss) {
  const auto steps = static_cast<double>(options_.run.steps);
  const std::string text =
      fmt::format("step {} of {}  loss {:.4f}", at_.step, options_.run.steps, loss);
  line_.show(static_cast<double>(at_.step) / steps, text);
  if (at_.step % 100 != 0) return;
  const double now = steady_seconds();
  const double each = (now - shown_at_) / static_cast<double>(at_.step - shown_);
  line_.print(fmt::format("{}  {:.1f} ms a step  {} left", text, 1000 * each,
                          clock_time(each * (steps - static_cast<double>(at_.step)))));
  shown_ = at_.step;
  shown_at_ = now;
}

GptRun::Step GptRun::train_step(const TextBatch& batch) {
  const Tensor loss = cross_entropy(model_(batch.inputs), batch.targets);
  if (!std::isfinite(loss.item())) {
    throw NonFiniteError(fmt::format("the loss is {}", loss.item()));
  }
  optimizer_.zero_grad();
  loss.backward();
  const double norm = optim::clip_by_norm(parameters_, options_.run.clip);
  optimizer_.set_lr(learning_rate(options_.run, at_.step));
  optimizer_.step();
  return {loss.item(), optimizer_.lr(), norm};
}

// The loss on the whole validation split. False when a signal came.
bool GptRun::evaluate() {
  model_.eval();
  const auto loss = text_loss(model_, corpus_.validation, StopRequest::received);
  model_.train();
  if (!loss) return false;
  validation_ = *loss;
  log_.write(
      fmt::format(R"({{"step":{},{}}})", at_.step, json_number("validation_loss", validation_)));
  at_.log_bytes = log_.bytes();
  line_.print(fmt::format("step {}: validation loss {:.4f}", at_.step, validation_));
  return true;
}

void GptRun::save() {
  if (saved_ == at_.step) return;
  const std::string bad = nonfinite_parameter();
  if (!bad.empty()) {
    throw NonFiniteError(
        fmt::format("[train gpt] step {}: {}; hint: a smaller --lr", at_.step, bad));
  }
  log_.sync();
  store_.save(at_.step, pack_run(options_.run, text_hash_, at_, model_, optimizer_));
  saved_ = at_.step;
}

// Empty when there is none.
std::string GptRun::nonfinite_parameter() const {
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
std::string GptRun::first_nonfinite(const Indices& ids) const {
  const std::string parameter = nonfinite_parameter();
  if (!parameter.empty()) return parameter;
  const std::string layer = model_.first_nonfinite(ids);
  if (layer.empty()) return "parameters and layers are finite";
  return fmt::format("parameters are finite, the output of {} is not", layer);
}

void GptRun::finish() {
  nn::TensorFile weights;
  weights.metadata["vocabulary"] = corpus_.vocabulary.characters();
  store_settings(options_.run, weights);
  nn::store_parameters(parameters_, "", weights);
  nn::save_checkpoint(weights_path(), std::move(weights));
  line_.print(fmt::format("weights: {}", weights_path()));

  line_.print(fmt::format("\nnats a character over the {} of the validation split:",
                          corpus_.validation.size()));
  const char* names[] = {"unigram", "bigram", "trigram"};
  for (int n = 1; n <= 3; ++n) {
    const double entropy =
        data::ngram_entropy(n, corpus_.train, corpus_.validation, corpus_.vocabulary.size());
    line_.print(fmt::format("  {:8} {:.4f}", names[n - 1], entropy));
  }
  line_.print(fmt::format("  {:8} {:.4f}", "this GPT", validation_));

  if (options_.sample == 0) return;
  Generator rng = rng_.stream("sample");
  const auto tokens = sample_tokens(model_, prompt_, options_.sample, options_.temperature, rng);
  line_.print(corpus_.vocabulary.decode(tokens));
}

}  // namespace heed::inline HEED_REAL
