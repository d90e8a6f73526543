#include "examples/models/transformer.h"

#include <fmt/format.h>

#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"

namespace heed::models {
namespace {

constexpr nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};

}  // namespace

Transformer::Transformer(Index words, Index length, const study::Setup& setup, Generator& rng)
    : length_(length),
      source_words_(child<nn::Embedding>("source_words", words, setup.settings.width, rng,
                                         embedding)),
      target_words_(child<nn::Embedding>("target_words", words, setup.settings.width, rng,
                                         embedding)),
      source_positions_(child<nn::LearnedPositions>("source_positions", length,
                                                    setup.settings.width, rng,
                                                    embedding_deviation)),
      target_positions_(child<nn::LearnedPositions>("target_positions", length,
                                                    setup.settings.width, rng,
                                                    embedding_deviation)),
      encoder_norm_(child<nn::LayerNorm>("encoder.norm", setup.settings.width)),
      decoder_norm_(child<nn::LayerNorm>("decoder.norm", setup.settings.width)),
      head_(child<nn::Linear>("head", setup.settings.width, words, rng)) {
  const Index width = setup.settings.width;
  const attention::BlockOptions block{.width = width, .hidden = 2 * width};
  const attention::MixerShape all{.width = width, .heads = setup.settings.heads, .length = length};
  attention::MixerShape back = all;
  back.causal = true;
  for (Index i = 0; i < setup.settings.layers; ++i) {
    encoder_.push_back(&child<attention::EncoderBlock>(
        fmt::format("encoder.layers.{}", i), block, study::make_mixer("multihead", {}, all, rng),
        rng));
    // One after the other: the order in which a call makes its arguments is the compiler's.
    auto cross = setup.mechanism(length, rng);
    auto self = study::make_mixer("multihead", {}, back, rng);
    decoder_.push_back(&child<attention::DecoderBlock>(fmt::format("decoder.layers.{}", i), block,
                                                       std::move(self), std::move(cross), rng));
  }
}

attention::Mixed Transformer::encode(const Indices& source, const Mask& real) const {
  attention::Mixed memory;
  Tensor x = source_positions_(source_words_(source));  // (B, S) -> (B, S, C)
  for (const attention::EncoderBlock* block : encoder_) {
    const attention::Mixed mixed = (*block)(attention::MixerInput{.x = x, .mask = real});
    x = mixed.y;
    memory.auxiliary = study::plus(memory.auxiliary, mixed.auxiliary);
  }
  memory.y = encoder_norm_(x);
  return memory;
}

attention::Mixed Transformer::decode(const Indices& previous, const attention::Mixed& memory,
                                     const Mask& real) const {
  attention::Mixed answer{.y = {}, .auxiliary = memory.auxiliary};
  Tensor x = target_positions_(target_words_(previous));  // (B, T) -> (B, T, C)
  for (const attention::DecoderBlock* block : decoder_) {
    const attention::Mixed mixed = (*block)(
        attention::DecoderInput{.x = x, .memory = memory.y, .memory_mask = real});
    x = mixed.y;
    answer.auxiliary = study::plus(answer.auxiliary, mixed.auxiliary);
  }
  answer.y = head_(decoder_norm_(x));
  return answer;
}

attention::Mixed Transformer::operator()(const Indices& source, const std::vector<Index>& lengths,
                                         const Indices& previous) const {
  const Mask real = attention::padding(lengths, length_);
  return decode(previous, encode(source, real), real);
}

Indices Transformer::write(const Indices& source, const std::vector<Index>& lengths,
                           std::int32_t start) const {
  const NoGrad no_grad;
  const Mask real = attention::padding(lengths, length_);
  const attention::Mixed memory = encode(source, real);
  const Index rows = source.shape()[0];
  std::vector<std::vector<std::int32_t>> texts(static_cast<std::size_t>(rows), {start});
  for (Index t = 0; t < length_; ++t) {
    std::vector<std::int32_t> previous;
    for (const auto& text : texts) previous.insert(previous.end(), text.begin(), text.end());
    const Tensor logits = decode(Indices({rows, t + 1}, std::move(previous)), memory, real).y;
    const Indices next = argmax(select(logits, 1, t), -1);  // (B)
    for (Index b = 0; b < rows; ++b) texts[static_cast<std::size_t>(b)].push_back(next[b]);
  }
  std::vector<std::int32_t> written;
  for (const auto& text : texts) written.insert(written.end(), text.begin() + 1, text.end());
  return {{rows, length_}, std::move(written)};
}

}  // namespace heed::models
