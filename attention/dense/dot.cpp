#include "attention/dense/dot.h"

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

std::unique_ptr<Mixer> make_dot(const MixerConfig& config, Generator& rng) {
  const MultiHeadOptions settings{.width = config.width, .scaled = false, .causal = config.causal};
  return std::make_unique<MultiHead>(settings, rng, "dot");
}

}  // namespace heed::inline HEED_REAL::attention
