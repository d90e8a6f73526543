#include "attention/dense/causal.h"

#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

std::unique_ptr<Mixer> make_causal(const MixerConfig& config, Generator& rng) {
  const MultiHeadOptions settings{
      .width = config.width, .heads = config.heads, .causal = true, .context = Context::refused};
  return std::make_unique<MultiHead>(settings, rng, "causal");
}

}  // namespace heed::inline HEED_REAL::attention
