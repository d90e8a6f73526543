#include "examples/study/study.h"

#include "autograd/ops.h"

namespace heed::study {

std::unique_ptr<attention::Mixer> Setup::mechanism(Index length, Generator& rng) const {
  const attention::MixerShape shape{.width = settings.width,
                         .heads = settings.heads,
                         .causal = settings.causal,
                         .length = length};
  return std::make_unique<Removable>(make_mixer(shape, rng));
}

Tensor plus(const Tensor& a, const Tensor& b) {
  if (!a.defined()) return b;
  return b.defined() ? a + b : a;
}

}  // namespace heed::study
