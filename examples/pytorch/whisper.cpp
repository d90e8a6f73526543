#include "examples/pytorch/whisper.h"

#include <string>

#include "examples/pytorch/sizes.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr const char* prefix = "model.";

}  // namespace

WhisperOptions whisper_options(const nn::TensorFile& weights, Index heads) {
  const PublishedFile file(weights, prefix);
  const Shape words = file.shape("decoder.embed_tokens.weight", 2);
  check_heads("Whisper", heads, words[1]);
  return {.bands = file.shape("encoder.conv1.weight", 3)[1],
          .positions = file.shape("encoder.embed_positions.weight", 2)[0],
          .vocabulary = words[0],
          .context = file.shape("decoder.embed_positions.weight", 2)[0],
          .width = words[1],
          .hidden = file.shape("decoder.layers.0.fc1.weight", 2)[0],
          .encoder_layers = file.numbered("encoder.layers.", ".fc1.weight"),
          .decoder_layers = file.numbered("decoder.layers.", ".fc1.weight"),
          .heads = heads};
}

nn::LoadOptions whisper_names() {
  nn::NameMap map;
  map.rename("*.encoder_attn.*", "*.multihead_attn.*");
  for (const std::string at : {"*.self_attn.", "*.multihead_attn."}) {
    map.join({at + "q_proj.weight", at + "k_proj.weight", at + "v_proj.weight"},
             at + "in_proj_weight")
        .join({at + "q_proj.bias", at + "k_proj.bias", at + "v_proj.bias"}, at + "in_proj_bias", 0,
              nn::Absent::zeros);
  }
  map.rename("*.fc1.*", "*.linear1.*")
      .rename("*.fc2.*", "*.linear2.*")
      .rename("*.self_attn_layer_norm.*", "*.norm1.*")
      .rename("*.encoder_attn_layer_norm.*", "*.norm2.*")
      .rename("encoder.*.final_layer_norm.*", "encoder.*.norm2.*")
      .rename("decoder.*.final_layer_norm.*", "decoder.*.norm3.*");
  return {.optional_prefix = prefix,
          .map = map,
          .tied = {{"decoder.embed_tokens.weight", "proj_out.weight"}}};
}

Tensor WhisperReader::operator()(std::span<const std::int32_t> tokens) {
  const auto fresh = tokens.subspan(seen_);
  seen_ = tokens.size();
  const Indices ids({1, static_cast<Index>(fresh.size())}, {fresh.begin(), fresh.end()});
  return model_->decode(ids, memory_, state_);
}

}  // namespace heed::inline HEED_REAL
