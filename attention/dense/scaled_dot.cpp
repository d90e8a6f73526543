#include "attention/dense/scaled_dot.h"

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

std::unique_ptr<Mixer> make_scaled_dot(const MixerConfig& config, Generator& rng) {
  const MultiHeadOptions settings{.width = config.width, .causal = config.causal};
  return std::make_unique<MultiHead>(settings, rng, "scaled_dot");
}

}  // namespace heed::inline HEED_REAL::attention
