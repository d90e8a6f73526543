#include "attention/sparse/local.h"

#include <fmt/format.h>

namespace heed::inline HEED_REAL::attention {

Local::Local(const LocalOptions& options, Generator& rng)
    : settings_{.name = "local",
                .width = options.width,
                .heads = options.heads,
                .causal = options.causal,
                .window = options.window,
                .context = Context::refused},
      in_proj_weight_(param("in_proj_weight", packed_weight(settings_, rng))),
      in_proj_bias_(param("in_proj_bias", Tensor::zeros({3 * options.width}))),
      out_proj_(adopt("out_proj", output_projection(options.width, rng))) {
  if (options.window < 0) {
    throw ValueError(fmt::format("[local] window must not be negative: {}", options.window));
  }
}

Mixed Local::mix(const MixerInput& input) const {
  return mix_dot_product(settings_, {in_proj_weight_, in_proj_bias_, out_proj_}, input);
}

std::unique_ptr<Mixer> make_local(const MixerConfig& config, Generator& rng) {
  const LocalOptions options{.width = config.width,
                             .heads = config.heads,
                             .window = config.window,
                             .causal = config.causal};
  return std::make_unique<Local>(options, rng);
}

}  // namespace heed::inline HEED_REAL::attention
