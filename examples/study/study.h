// Study: a model and the question it is asked. All that the training loop knows of a task.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "attention/mixer.h"
#include "examples/study/ablation.h"
#include "examples/study/mechanism.h"
#include "examples/study/overlap.h"
#include "examples/study/run.h"
#include "examples/study/settings.h"

namespace heed::study {

enum class Split { train, validation, test };

// Further figures by name.
using Details = std::map<std::string, double>;

class Study : public nn::Module {
 public:
  // Draws the next samples; everything else is about these.
  virtual void draw(Index count, Split split, Generator& rng) = 0;
  // What tells one sample from another, for the overlap of test and training.
  virtual Samples samples() const = 0;
  // What is minimised: with the auxiliary losses of the mechanisms, a reward, a teacher, whatever
  // the task has.
  virtual Tensor loss() = 0;
  // The task's metric, in evaluation mode.
  virtual double score() const = 0;
  virtual Details details() const { return {}; }
  // Where the model looked, ready to draw.
  virtual std::vector<DrawnMap> look() const { return {}; }
  // Puts the ablation in the mechanism's place; a task whose ablation is its own overrides it.
  virtual void take_out(Ablation ablation) { ablate(*this, ablation); }
};

// What a study is built from.
struct Setup {
  Settings settings;
  std::string data_dir = {};
  // Which mechanism is under test, and its options, for a task on one that is no mixer.
  std::string name = {};
  Changes options = {};
  std::function<std::unique_ptr<attention::Mixer>(const attention::MixerShape&, Generator&)>
      make_mixer;

  // The mechanism under test, wrapped so that it can be taken out; `length` is the longest sequence
  // it will meet.
  std::unique_ptr<attention::Mixer> mechanism(Index length, Generator& rng) const;
};

// How a record makes its study.
using MakeStudy = std::function<std::unique_ptr<Study>(const Setup& setup, Generator& rng)>;
template <class S>
std::unique_ptr<Study> make_study(const Setup& setup, Generator& rng) {
  return std::make_unique<S>(setup, rng);
}

// a + b, where either may be undefined: a loss and an auxiliary one.
Tensor plus(const Tensor& a, const Tensor& b);

}  // namespace heed::study
