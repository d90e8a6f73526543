// One training run of the GPT: what it is made of, and its way through the steps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "examples/data/characters.h"
#include "examples/gpt/batches.h"
#include "examples/gpt/checkpoint.h"
#include "examples/gpt/log.h"
#include "examples/gpt/model.h"
#include "examples/gpt/options.h"
#include "examples/progress.h"
#include "nn/files/checkpoint.h"
#include "optim/adamw.h"

namespace heed::inline HEED_REAL {

class GptRun {
 public:
  // Takes the settings from the options, or with `resume` from the newest valid checkpoint, and
  // builds everything. Throws IoError when the folder cannot be written or holds no checkpoint to
  // resume from, ValueError when the options contradict the checkpoint.
  GptRun(const TrainOptions& options, const data::CharCorpus& corpus, ProgressLine& line);

  // Goes on to the last step. False when a signal came first; nothing is lost then. Throws
  // NonFiniteError naming the step and the first parameter or layer that went wrong.
  bool train();
  // What comes after the last step: writes the weights, compares with counting, shows a sample.
  void finish();

 private:
  struct Step {
    Real loss;
    double learning_rate;
    double gradient_norm;
  };

  std::optional<nn::Checkpoints::Found> find_checkpoint();
  void restore();
  void clear();
  std::string weights_path() const;
  Step train_step(const TextBatch& batch);
  void advance();
  void show(Real loss);
  bool evaluate();
  void save();
  std::string nonfinite_parameter() const;
  std::string first_nonfinite(const Indices& ids) const;

  const data::CharCorpus& corpus_;
  ProgressLine& line_;
  TrainOptions options_;
  TrainLog log_;
  nn::Checkpoints store_;
  std::optional<nn::Checkpoints::Found> found_;
  Generator rng_;
  Gpt model_;
  std::vector<Parameter> parameters_;
  optim::AdamW optimizer_;
  std::vector<std::int32_t> prompt_;
  std::string text_hash_;
  RunPosition at_;
  Index saved_ = -1;  // the step of the newest checkpoint
  double validation_ = 0;
  Index shown_ = 0;  // the step of the last line that stays, and when it was printed
  double shown_at_ = 0;
};

}  // namespace heed::inline HEED_REAL
