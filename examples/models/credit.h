// Pays a mechanism that draws for what its draws brought in: REINFORCE with the baseline that hard
// attention was built with, and a running one for others.
#pragma once

#include "attention/hard/choice.h"
#include "attention/hard/hard.h"
#include "nn/linear.h"

namespace heed::models {

// The hard attention in a model; null where it has none.
const attention::Hard* hard_in(const nn::Module& model);

class Credit : public nn::Module {
 public:
  // `hard`: null for another mechanism. `known`: how many features a learned baseline may look at.
  Credit(const attention::Hard* hard, Index known, Generator& rng);

  // What to add to the loss for draws that `asked` led to and that were paid `reward`, which has
  // the shape of their log_probability, (B, H, T). `features` (B, known) were known before.
  Tensor operator()(const attention::MixerInput& asked, const attention::Mixed& drawn,
                    const Tensor& reward, const Tensor& features);

 private:
  const attention::Hard* hard_;
  attention::Baseline baseline_ = attention::Baseline::running;
  attention::RunningBaseline running_;
  attention::OptimalBaseline optimal_;
  nn::Linear* expected_ = nullptr;  // the reward, from what is known
};

}  // namespace heed::models
