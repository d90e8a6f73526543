#include "examples/models/credit.h"

#include "autograd/ops.h"
#include "nn/losses.h"

namespace heed::models {

using attention::Baseline;

const attention::Hard* hard_in(const nn::Module& model) {
  const attention::Hard* found = nullptr;
  model.visit([&](const std::string&, const nn::Module& module) {
    if (const auto* hard = dynamic_cast<const attention::Hard*>(&module)) found = hard;
  });
  return found;
}

Credit::Credit(const attention::Hard* hard, Index known, Generator& rng) : hard_(hard) {
  if (hard_ != nullptr) baseline_ = hard_->options().baseline;
  if (baseline_ != Baseline::learned) return;
  expected_ = &child<nn::Linear>("expected", known, 1, rng);
}

Tensor Credit::operator()(const attention::MixerInput& asked, const attention::Mixed& drawn,
                          const Tensor& reward, const Tensor& features) {
  const Tensor& log_p = drawn.log_probability;
  switch (baseline_) {
    case Baseline::none:
      return attention::reinforce(log_p, reward);
    case Baseline::learned: {
      const Tensor guess = reshape((*expected_)(features), {reward.dim(0), 1, 1});
      const Tensor expected = expand(guess, reward.shape());
      return attention::reinforce(log_p, reward, expected) + nn::mse(expected, reward);
    }
    case Baseline::optimal: {
      const Tensor loss = attention::reinforce(log_p, reward, optimal_.value());
      optimal_.update(reward, attention::squared_slope(hard_->probabilities(asked), log_p));
      return loss;
    }
    case Baseline::running:
      break;
  }
  const Tensor loss = attention::reinforce(log_p, reward, running_.value());
  running_.update(reward);
  return loss;
}

}  // namespace heed::models
