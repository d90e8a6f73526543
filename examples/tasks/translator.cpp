#include "examples/tasks/translator.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/tasks/encoder.h"

namespace heed::inline HEED_REAL::tasks {
namespace {

constexpr nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};

}  // namespace

Translator::Translator(const Settings& settings, const attention::Mechanism& cross, Generator& rng)
    : source_words_(child<nn::Embedding>("source_words", translation_words, settings.width, rng,
                                         embedding)),
      target_words_(child<nn::Embedding>("target_words", translation_words, settings.width, rng,
                                         embedding)),
      source_positions_(child<nn::LearnedPositions>("source_positions", translation_length,
                                                    settings.width, rng, embedding_deviation)),
      target_positions_(child<nn::LearnedPositions>("target_positions", translation_length,
                                                    settings.width, rng, embedding_deviation)),
      encoder_norm_(child<nn::LayerNorm>("encoder.norm", settings.width)),
      decoder_norm_(child<nn::LayerNorm>("decoder.norm", settings.width)),
      head_(child<nn::Linear>("head", settings.width, translation_words, rng)) {
  const attention::BlockOptions block{.width = settings.width, .hidden = 2 * settings.width};
  const attention::Mechanism& self = attention::find("multihead");
  const attention::MixerShape plain = shape_of(settings, false), causal = shape_of(settings, true);
  for (Index i = 0; i < settings.layers; ++i) {
    encoder_.push_back(&child<attention::EncoderBlock>(fmt::format("encoder.layers.{}", i), block,
                                                       self.make(plain, rng), rng));
    decoder_.push_back(&child<attention::DecoderBlock>(
        fmt::format("decoder.layers.{}", i), block, self.make(causal, rng),
        make_mechanism(cross, settings, false, rng), rng));
  }
}

Tensor Translator::encode(const TranslationBatch& batch, const Mask& real) const {
  Tensor x = source_positions_(source_words_(batch.source));  // (B, S) -> (B, S, C)
  for (const attention::EncoderBlock* block : encoder_) x = (*block)(x, real);
  return encoder_norm_(x);
}

Tensor Translator::decode(const Indices& previous, const Tensor& memory, const Mask& real) const {
  Tensor x = target_positions_(target_words_(previous));  // (B, T) -> (B, T, C)
  for (const attention::DecoderBlock* block : decoder_) x = (*block)(x, memory, real);
  return head_(decoder_norm_(x));
}

Tensor Translator::operator()(const TranslationBatch& batch) const {
  const Mask real = attention::padding(batch.lengths, translation_length);
  return decode(batch.shifted, encode(batch, real), real);
}

Indices Translator::write(const TranslationBatch& batch) const {
  const NoGrad no_grad;
  const Mask real = attention::padding(batch.lengths, translation_length);
  const Tensor memory = encode(batch, real);
  const Index rows = batch.source.shape()[0];
  std::vector<std::vector<std::int32_t>> texts(static_cast<std::size_t>(rows), {end_word});
  for (Index t = 0; t < translation_length; ++t) {
    std::vector<std::int32_t> previous;
    for (const auto& text : texts) previous.insert(previous.end(), text.begin(), text.end());
    const Tensor logits = decode(Indices({rows, t + 1}, std::move(previous)), memory, real);
    const Indices next = argmax(select(logits, 1, t), -1);  // (B)
    for (Index b = 0; b < rows; ++b) texts[static_cast<std::size_t>(b)].push_back(next[b]);
  }
  std::vector<std::int32_t> written;
  for (const auto& text : texts) written.insert(written.end(), text.begin() + 1, text.end());
  return {{rows, translation_length}, std::move(written)};
}

}  // namespace heed::inline HEED_REAL::tasks
