// What is put in a mechanism's place to see what remains of a model when the choosing is taken
// away.
#pragma once

#include <memory>
#include <string>

#include "attention/mixer.h"

namespace heed::study {

enum class Ablation {
  none,
  mean,  // every key and value becomes the mean of the visible ones: uniform weights, whatever the
         // scores
  zero,  // the mechanism contributes nothing
  own,   // what the task's study does in take_out()
};
// "the mean of what it may see in the mechanism's place", for the report.
std::string words(Ablation ablation);

// A mechanism that can be taken out.
class Removable : public attention::Mixer {
 public:
  explicit Removable(std::unique_ptr<attention::Mixer> mechanism);
  attention::Mixed mix(const attention::MixerInput& input) const override;
  void set(Ablation ablation) { ablation_ = ablation; }

 private:
  attention::Mixer& mechanism_;
  Ablation ablation_ = Ablation::none;
};

// Sets every Removable in a model. Throws ValueError when there is none, and on Ablation::own.
void ablate(nn::Module& model, Ablation ablation);

// x (B, S, C) with every row replaced by the mean of those that `mask`, (B, 1, 1, S) or undefined,
// shows.
Tensor mean_everywhere(const Tensor& x, const Mask& mask);

}  // namespace heed::study
