#include "examples/pytorch/whisper.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "examples/pytorch/parts.h"
#include "examples/pytorch/sizes.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double deviation = 0.02;
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

Whisper::Whisper(const WhisperOptions& options, Generator& rng)
    : options_(options),
      conv1_(child<nn::Conv1d>("encoder.conv1", options.bands, options.width, 3, rng,
                               {.padding = 1})),
      conv2_(child<nn::Conv1d>("encoder.conv2", options.width, options.width, 3, rng,
                               {.stride = 2, .padding = 1})),
      encoder_positions_(child<nn::LearnedPositions>("encoder.embed_positions", options.positions,
                                                     options.width, rng, deviation)),
      encoder_norm_(child<nn::LayerNorm>("encoder.layer_norm", options.width)),
      words_(child<nn::Embedding>("decoder.embed_tokens", options.vocabulary, options.width, rng,
                                  {.deviation = deviation})),
      decoder_positions_(child<nn::LearnedPositions>("decoder.embed_positions", options.context,
                                                     options.width, rng, deviation)),
      decoder_norm_(child<nn::LayerNorm>("decoder.layer_norm", options.width)) {
  const Index width = options.width, heads = options.heads;
  const attention::BlockOptions block{.width = width, .hidden = options.hidden};
  for (Index i = 0; i < options.encoder_layers; ++i) {
    auto self = self_attention(width, heads, Seen::everything, rng);
    encoder_.push_back(&child<attention::EncoderBlock>(fmt::format("encoder.layers.{}", i), block,
                                                       std::move(self), rng));
  }
  for (Index i = 0; i < options.decoder_layers; ++i) {
    // One after the other: the order in which a call makes its arguments is the compiler's.
    auto self = self_attention(width, heads, Seen::past, rng);
    auto cross = cross_attention(width, heads, rng);
    decoder_.push_back(&child<attention::DecoderBlock>(fmt::format("decoder.layers.{}", i), block,
                                                       std::move(self), std::move(cross), rng));
  }
}

Tensor Whisper::encode(const Tensor& features) const {
  Tensor x = gelu(conv2_(gelu(conv1_(features))));  // (B, bands, frames) -> (B, C, frames / 2)
  x = encoder_positions_(transpose(x));             // (B, S, C)
  for (const attention::EncoderBlock* block : encoder_) x = (*block)(x);
  return encoder_norm_(x);
}

Tensor Whisper::decoded(const Indices& ids, const Tensor& memory, WhisperState* state) const {
  if (state) {
    state->tokens.resize(decoder_.size());
    state->memory.resize(decoder_.size());
  }
  const Index seen = state && !state->tokens.empty() ? state->tokens.front().seen : 0;
  Tensor x = decoder_positions_(words_(ids), seen);  // (B, T) -> (B, T, C)
  for (std::size_t i = 0; i < decoder_.size(); ++i) {
    attention::DecoderInput input{.x = x, .memory = memory};
    if (state) input.state = state->tokens[i], input.memory_state = state->memory[i];
    const attention::Decoded next = (*decoder_[i])(input);
    if (state) state->tokens[i] = *next.state, state->memory[i] = *next.memory_state;
    x = next.y;
  }
  return linear(decoder_norm_(x), words_.weight(), {});  // (B, T, C) -> (B, T, V)
}

Tensor Whisper::decode(const Indices& ids, const Tensor& memory) const {
  return decoded(ids, memory, nullptr);
}

Tensor Whisper::decode(const Indices& ids, const Tensor& memory, WhisperState& state) const {
  return decoded(ids, memory, &state);
}

Tensor WhisperReader::operator()(std::span<const std::int32_t> tokens) {
  const auto fresh = tokens.subspan(seen_);
  seen_ = tokens.size();
  const Indices ids({1, static_cast<Index>(fresh.size())}, {fresh.begin(), fresh.end()});
  return model_->decode(ids, memory_, state_);
}

}  // namespace heed::inline HEED_REAL
