// The mean in a mechanism's place: what remains of a model when the choosing is taken away.
#pragma once

#include <memory>

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::tasks {

enum class Ablation {
  none,
  mean,  // every key and value becomes the mean of the visible ones: uniform weights, whatever the
         // scores
  zero,  // the mechanism contributes nothing
};

// A mechanism that can be switched off.
class InPlace : public attention::Mixer {
 public:
  explicit InPlace(std::unique_ptr<attention::Mixer> mechanism);
  attention::Mixed mix(const attention::MixerInput& input) const override;
  void set(Ablation ablation) { ablation_ = ablation; }

 private:
  attention::Mixer& mechanism_;
  Ablation ablation_ = Ablation::none;
};

// Switches every InPlace in a model.
void ablate(nn::Module& model, Ablation ablation);

// x (B, S, C) with every row replaced by the mean of those that `mask`, (B, 1, 1, S) or undefined,
// shows.
Tensor mean_everywhere(const Tensor& x, const Mask& mask);

}  // namespace heed::inline HEED_REAL::tasks
