#include "attention/dense/multi_head.h"

namespace heed::inline HEED_REAL::attention {

MultiHead::MultiHead(const MultiHeadOptions& options, Generator& rng, const char* name)
    : settings_{.name = name,
                .width = options.width,
                .heads = options.heads,
                .kv_heads = options.kv_heads,
                .scaled = options.scaled,
                .causal = options.causal,
                .context = options.context},
      in_proj_weight_(param("in_proj_weight", packed_weight(settings_, rng))),
      in_proj_bias_(param("in_proj_bias", Tensor::zeros({in_proj_weight_.dim(0)}))),
      out_proj_(adopt("out_proj", output_projection(options.width, rng))) {}

Mixed MultiHead::mix(const MixerInput& input) const {
  return mix_dot_product(settings_, {in_proj_weight_, in_proj_bias_, out_proj_}, input);
}

std::unique_ptr<Mixer> make_multi_head(const MixerConfig& config, Generator& rng) {
  const MultiHeadOptions options{
      .width = config.width, .heads = config.heads, .causal = config.causal};
  return std::make_unique<MultiHead>(options, rng);
}

}  // namespace heed::inline HEED_REAL::attention
