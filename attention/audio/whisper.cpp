#include "attention/audio/whisper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "attention/dense/multi_head.h"
#include "attention/entries.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "whisper";

WhisperOptions checked(const WhisperOptions& options) {
  nn::check_positive(name, {{"bands", options.bands},
                            {"positions", options.positions},
                            {"vocabulary", options.vocabulary},
                            {"context", options.context},
                            {"width", options.width},
                            {"hidden", options.hidden},
                            {"encoder_layers", options.encoder_layers},
                            {"decoder_layers", options.decoder_layers}});
  return options;
}

// Sines in the first half of the width, cosines in the second: (length, width).
Tensor sines_of_frames(Index length, Index width) {
  const Index half = std::max<Index>(1, width / 2);
  std::vector<Real> table;
  for (Index t = 0; t < length; ++t) {
    for (Index c = 0; c < width; ++c) {
      const double share =
          static_cast<double>(c % half) / static_cast<double>(std::max<Index>(1, half - 1));
      const double angle = static_cast<double>(t) * std::pow(10000.0, -share);
      table.push_back(static_cast<Real>(c < half ? std::sin(angle) : std::cos(angle)));
    }
  }
  return {{length, width}, table};
}

std::unique_ptr<Mixer> attends(const char* what, MultiHeadOptions options,
                               const WhisperOptions& sizes, Generator& rng) {
  options.width = sizes.width;
  options.heads = sizes.heads;
  return std::make_unique<MultiHead>(options, rng, what);
}

}  // namespace

Whisper::Whisper(const WhisperOptions& options, Generator& rng)
    : options_(checked(options)),
      conv1_(child<nn::Conv1d>("encoder.conv1", options.bands, options.width, 3, rng,
                               {.padding = 1})),
      conv2_(child<nn::Conv1d>("encoder.conv2", options.width, options.width, 3, rng,
                               {.stride = 2, .padding = 1})),
      encoder_positions_(child<nn::LearnedPositions>("encoder.embed_positions", options.positions,
                                                     options.width, rng)),
      encoder_norm_(child<nn::LayerNorm>("encoder.layer_norm", options.width)),
      words_(child<nn::Embedding>("decoder.embed_tokens", options.vocabulary, options.width, rng,
                                  {.deviation = options.deviation})),
      decoder_positions_(child<nn::LearnedPositions>("decoder.embed_positions", options.context,
                                                     options.width, rng, options.deviation)),
      decoder_norm_(child<nn::LayerNorm>("decoder.layer_norm", options.width)) {
  encoder_positions_.parameters().front().value.assign(
      sines_of_frames(options.positions, options.width));
  const BlockOptions block{.width = options.width, .hidden = options.hidden};
  for (Index i = 0; i < options.encoder_layers; ++i) {
    std::unique_ptr<Mixer> self = attends("self", {.context = Context::refused}, options, rng);
    encoder_.push_back(&child<EncoderBlock>(fmt::format("encoder.layers.{}", i), block,
                                            std::move(self), rng));
  }
  for (Index i = 0; i < options.decoder_layers; ++i) {
    // One after the other: the order in which a call makes its arguments is the compiler's.
    std::unique_ptr<Mixer> self =
        attends("self", {.causal = true, .context = Context::refused}, options, rng);
    std::unique_ptr<Mixer> cross =
        attends("cross", {.context = Context::required, .cache_context = true}, options, rng);
    decoder_.push_back(&child<DecoderBlock>(fmt::format("decoder.layers.{}", i), block,
                                            std::move(self), std::move(cross), rng));
  }
}

Tensor Whisper::encode(const Tensor& features) const {
  Tensor x = gelu(conv2_(gelu(conv1_(features))));  // (B, bands, F) -> (B, C, S)
  x = encoder_positions_(transpose(x));             // (B, S, C)
  for (const EncoderBlock* block : encoder_) x = (*block)(x);
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
    DecoderInput input{.x = x, .memory = memory};
    if (state) input.state = state->tokens[i], input.memory_state = state->memory[i];
    const Decoded next = (*decoder_[i])(input);
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

Mechanism whisper_entry() {
  return {.name = name,
          .title = "Sound to text (Whisper)",
          .what = "An encoder reads the frames of a sound, and a decoder writes what it heard: "
                  "with each token it looks at the frames.",
          .paper = "Radford et al. 2022, arXiv 2212.04356",
          .file = "attention/audio/whisper.h",
          .limit = "whisper_behind_its_stem_is_an_encoder_decoder",
          .reductions = {{.to = "encoder and decoder",
                          .when = "behind the convolutions",
                          .reason = "the blocks are those of a Transformer",
                          .test = "whisper_behind_its_stem_is_an_encoder_decoder"}}};
}

}  // namespace heed::inline HEED_REAL::attention
