#include "attention/dense/cross.h"

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

std::unique_ptr<Mixer> make_cross(const MixerConfig& config, Generator& rng) {
  const MultiHeadOptions settings{.width = config.width,
                                  .heads = config.heads,
                                  .causal = config.causal,
                                  .context = Context::required};
  return std::make_unique<MultiHead>(settings, rng, "cross");
}

}  // namespace heed::inline HEED_REAL::attention
