#include "examples/study/ablation.h"

#include "autograd/errors.h"
#include "autograd/ops.h"

namespace heed::study {

std::string words(Ablation ablation) {
  switch (ablation) {
    case Ablation::none:
      return "nothing";
    case Ablation::mean:
      return "the mean of all that it may see";
    case Ablation::zero:
      return "zeros";
    case Ablation::own:
      return "what the task says";
  }
  return "";
}

Removable::Removable(std::unique_ptr<attention::Mixer> mechanism)
    : mechanism_(adopt("mechanism", std::move(mechanism))) {}

attention::Mixed Removable::mix(const attention::MixerInput& input) const {
  if (ablation_ == Ablation::none) return mechanism_.mix(input);
  attention::MixerInput changed = input;
  Tensor& source = input.context.defined() ? changed.context : changed.x;
  source = mean_everywhere(source, input.mask);
  attention::Mixed mixed = mechanism_.mix(changed);
  if (ablation_ == Ablation::zero) mixed.y = Tensor::zeros(mixed.y.shape());
  return mixed;
}

void ablate(nn::Module& model, Ablation ablation) {
  if (ablation == Ablation::own) {
    throw ValueError("[ablate] the task's own ablation is its study's to make");
  }
  bool found = false;
  model.visit([&](const std::string&, nn::Module& module) {
    auto* removable = dynamic_cast<Removable*>(&module);
    if (removable == nullptr) return;
    removable->set(ablation);
    found = true;
  });
  if (!found) throw ValueError("[ablate] the model has no mechanism that can be taken out");
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

}  // namespace heed::study
