#include "attention/dense/self.h"

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

std::unique_ptr<Mixer> make_self(const MixerConfig& config, Generator& rng) {
  const MultiHeadOptions settings{.width = config.width,
                                  .heads = config.heads,
                                  .causal = config.causal,
                                  .context = Context::refused};
  return std::make_unique<MultiHead>(settings, rng, "self");
}

}  // namespace heed::inline HEED_REAL::attention
