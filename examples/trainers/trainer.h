// Trainer: real data instead of a generated task. What it trains, and the options it has for that;
// the run itself, its checkpoints and its log are the same for all (run.h).
//
//   class Line : public DataStudy { ... };                  // a model and its data
//   Trainer line() { return trainer<Line>("line", "a line through points of a file"); }
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "autograd/random.h"
#include "examples/trainers/options.h"
#include "nn/module.h"

namespace heed::trainers {

// A model and the files that it learns from: all that the run knows of a trainer.
class DataStudy {
 public:
  virtual ~DataStudy() = default;

  virtual nn::Module& model() = 0;
  // What was read, in one line: the file, its size, its hash.
  virtual std::string data() const = 0;
  // What tells this data from other data: a resumed run has to read the same.
  virtual std::string data_hash() const = 0;
  // The model and its sizes in a few words: "GPT: 4 layers, width 128".
  virtual std::string title() const = 0;

  // Draws the batch of a step. It has to be a function of the generator's key and of the step, so
  // that a resumed run sees what an uninterrupted one would have seen.
  virtual void draw(Index step, const Generator& rng) = 0;
  // What is minimised, on the batch that was drawn.
  virtual Tensor loss() = 0;
  // The loss on the data that is kept from training. `stop` is asked now and then: nothing comes
  // back when it says true.
  virtual std::optional<double> validate(bool (*stop)()) const = 0;
  // The first part of the model whose output on the batch is not finite; empty: none.
  virtual std::string first_nonfinite() const { return {}; }

  // Kept beside the weights: what a reader of them needs to know. UTF-8.
  virtual std::map<std::string, std::string> metadata() const { return {}; }
  // Said once the run is over: what the validation loss compares with.
  virtual std::string conclusion(double /*validation_loss*/) const { return {}; }
  // What the trained model makes, and last of all; empty: nothing was asked for.
  virtual std::string sample(const Generator& /*rng*/) const { return {}; }
};

// Makes the study once all settings are known. Throws when they cannot work: the run touches its
// folder only afterwards. The generator is at its start and for the initial weights.
using MakeStudy =
    std::function<std::unique_ptr<DataStudy>(const RunSettings& run, Generator& rng)>;

struct Trainer {
  std::string name;  // "gpt"
  std::string what;  // one line for people
  // Lists the options of its own and says how a study is made of them.
  std::function<MakeStudy(Settings& settings)> options;
  RunSettings run = {};  // the defaults
};

// The trainer of a study S: S::Options lists itself, and S is made of it.
template <class S>
Trainer trainer(const std::string& name, const std::string& what, const RunSettings& run = {}) {
  const auto options = [](Settings& settings) -> MakeStudy {
    const auto own = std::make_shared<typename S::Options>();
    own->list(settings);
    return [own](const RunSettings& of_run, Generator& rng) {
      return std::make_unique<S>(*own, of_run, rng);
    };
  };
  return {name, what, options, run};
}

}  // namespace heed::trainers
