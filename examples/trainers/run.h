// One training run: what it is made of, and its way through the steps.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "examples/progress.h"
#include "examples/trainers/checkpoint.h"
#include "examples/trainers/folder.h"
#include "examples/trainers/options.h"
#include "examples/trainers/trainer.h"
#include "nn/files/checkpoint.h"
#include "optim/adamw.h"

namespace heed::trainers {

// What was asked for. `settings` lists the fields of `run`, of `options` and of the trainer.
struct Asked {
  std::string trainer;  // its name, which its checkpoints bear
  RunSettings& run;
  RunOptions& options;
  Settings& settings;
  MakeStudy make;
};

class Run {
 public:
  // Builds everything, with `resume` from the newest valid checkpoint. A new run first proves that
  // it can begin and be saved; only then does it touch its folder. Throws IoError when the folder
  // cannot be written or holds no checkpoint to resume from, ValueError when the options contradict
  // the checkpoint or the folder holds a run already, and what the study throws.
  Run(const Asked& asked, ProgressLine& line);

  // Goes on to the last step. False when a signal came first; nothing is lost then. Throws
  // NonFiniteError naming the step and the first parameter or layer that went wrong.
  bool train();
  // What comes after the last step: writes the weights, then says what came out.
  void finish();

 private:
  struct Step {
    Real loss;
    double learning_rate;
    double gradient_norm;
  };

  std::optional<nn::Checkpoints::Found> find_checkpoint();
  nn::TensorFile pack() const;
  nn::TensorFile pack_weights() const;
  void begin();
  void prove();
  void go_on();
  void restate_steps();
  Step train_step();
  void advance();
  void show(Real loss);
  bool evaluate();
  void save();
  std::string nonfinite_parameter() const;
  std::string first_nonfinite() const;

  std::string trainer_;
  RunSettings& run_;
  RunOptions options_;
  Settings& settings_;
  ProgressLine& line_;
  MakeStudy make_;
  std::optional<RunFolder> folder_;
  bool longer_ = false;  // more steps are asked for than the checkpoint was meant for
  std::optional<nn::Checkpoints::Found> found_;
  Generator rng_;
  std::unique_ptr<DataStudy> study_;
  std::vector<Parameter> parameters_;
  optim::AdamW optimizer_;
  RunPosition at_;
  Index saved_ = -1;  // the step of the newest checkpoint
  double validation_ = 0;
  Index shown_ = 0;  // the step of the last line that stays, and when it was printed
  double shown_at_ = 0;
};

}  // namespace heed::trainers
