#include "examples/tasks/in_place.h"

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::tasks {

InPlace::InPlace(std::unique_ptr<attention::Mixer> mechanism)
    : mechanism_(adopt("mechanism", std::move(mechanism))) {}

attention::Mixed InPlace::mix(const attention::MixerInput& input) const {
  if (ablation_ == Ablation::none) return mechanism_.mix(input);
  attention::MixerInput changed = input;
  Tensor& source = input.context.defined() ? changed.context : changed.x;
  source = mean_everywhere(source, input.mask);
  attention::Mixed mixed = mechanism_.mix(changed);
  if (ablation_ == Ablation::zero) mixed.y = Tensor::zeros(mixed.y.shape());
  return mixed;
}

void ablate(nn::Module& model, Ablation ablation) {
  model.visit([&](const std::string&, nn::Module& module) {
    if (auto* in_place = dynamic_cast<InPlace*>(&module)) in_place->set(ablation);
  });
}

Tensor mean_everywhere(const Tensor& x, const Mask& mask) {
  Tensor average;  // (B, 1, C)
  if (mask.defined()) {
    const Tensor seen = to_tensor(mask.reshape({x.dim(0), x.dim(1), 1}));
    average = sum(x * seen, {1}, true) / sum(seen, {1}, true);
  } else {
    average = mean(x, {1}, true);
  }
  return expand(average, x.shape());
}

}  // namespace heed::inline HEED_REAL::tasks
