#include "examples/models/transformer.h"

#include <fmt/format.h>

#include <utility>

#include "attention/dense/multi_head.h"
#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/models/encoder.h"

namespace heed::models {
namespace {

constexpr nn::EmbeddingOptions embedding{.padding_id = -1, .deviation = embedding_deviation};

}  // namespace

Attentions tested_between(const study::Setup& setup, Index length) {
  const auto multi_head = [settings = setup.settings, length](bool causal) {
    const attention::MixerShape shape{.width = settings.width,
                                      .heads = settings.heads,
                                      .causal = causal,
                                      .length = length};
    return [shape](Generator& rng) { return study::make_mixer("multihead", {}, shape, rng); };
  };
  return {.encoder = multi_head(false),
          .decoder = multi_head(true),
          .cross = [setup, length](Generator& rng) { return setup.mechanism(length, rng); }};
}

Attentions tested_everywhere(const study::Setup& setup, Index length) {
  const auto with_state = [settings = setup.settings](bool causal) {
    const attention::MultiHeadOptions options{.width = settings.width,
                                              .heads = settings.heads,
                                              .causal = causal,
                                              .cache_context = !causal};
    return [options](Generator& rng) {
      return std::make_unique<study::Removable>(
          std::make_unique<attention::MultiHead>(options, rng));
    };
  };
  return {.encoder = [setup, length](Generator& rng) { return setup.mechanism(length, rng); },
          .decoder = with_state(true),
          .cross = with_state(false),
          .cache = true};
}

Transformer::Transformer(Index words, Index length, const study::Settings& settings,
                         const Attentions& attentions, Generator& rng)
    : length_(length),
      cache_(attentions.cache),
      source_words_(child<nn::Embedding>("source_words", words, settings.width, rng, embedding)),
      target_words_(child<nn::Embedding>("target_words", words, settings.width, rng, embedding)),
      source_positions_(child<nn::LearnedPositions>("source_positions", length, settings.width, rng,
                                                    embedding_deviation)),
      target_positions_(child<nn::LearnedPositions>("target_positions", length, settings.width, rng,
                                                    embedding_deviation)),
      encoder_norm_(child<nn::LayerNorm>("encoder.norm", settings.width)),
      decoder_norm_(child<nn::LayerNorm>("decoder.norm", settings.width)),
      head_(child<nn::Linear>("head", settings.width, words, rng)) {
  const attention::BlockOptions block{.width = settings.width, .hidden = 2 * settings.width};
  for (Index i = 0; i < settings.layers; ++i) {
    encoder_.push_back(&child<attention::EncoderBlock>(fmt::format("encoder.layers.{}", i), block,
                                                       attentions.encoder(rng), rng));
    // One after the other: the order in which a call makes its arguments is the compiler's.
    auto cross = attentions.cross(rng);
    auto self = attentions.decoder(rng);
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
                                     const Mask& real, State* state) const {
  attention::Mixed answer{.y = {}, .auxiliary = memory.auxiliary};
  const Index start = state != nullptr ? state->seen : 0;
  Tensor x = target_positions_(target_words_(previous), start);  // (B, T) -> (B, T, C)
  for (std::size_t i = 0; i < decoder_.size(); ++i) {
    attention::DecoderInput input{.x = x, .memory = memory.y, .memory_mask = real};
    if (state != nullptr) input.state = state->own[i];
    if (state != nullptr) input.memory_state = state->across[i];
    const attention::Decoded mixed = (*decoder_[i])(input);
    if (state != nullptr) state->own[i] = *mixed.state;
    if (state != nullptr) state->across[i] = *mixed.memory_state;
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

Transformer::State Transformer::read(const Indices& source,
                                     const std::vector<Index>& lengths) const {
  const Mask real = attention::padding(lengths, length_);
  return {.memory = encode(source, real),
          .real = real,
          .own = std::vector<attention::MixerState>(decoder_.size()),
          .across = std::vector<attention::MixerState>(decoder_.size())};
}

Tensor Transformer::operator()(const Indices& words, State& state) const {
  const Tensor logits = decode(words, state.memory, state.real, &state).y;
  state.seen += words.dim(1);
  return logits;
}

Indices Transformer::write(const Indices& source, const std::vector<Index>& lengths,
                           std::int32_t start) const {
  const NoGrad no_grad;
  State state = read(source, lengths);
  const Index rows = source.shape()[0];
  std::vector<std::vector<std::int32_t>> texts(static_cast<std::size_t>(rows), {start});
  for (Index t = 0; t < length_; ++t) {
    std::vector<std::int32_t> words;  // all that was written, or the last one
    for (const auto& text : texts) {
      words.insert(words.end(), cache_ ? text.end() - 1 : text.begin(), text.end());
    }
    const Indices given({rows, cache_ ? 1 : t + 1}, std::move(words));
    const Tensor logits =
        cache_ ? (*this)(given, state) : decode(given, state.memory, state.real).y;
    const Indices next = argmax(select(logits, 1, -1), -1);  // (B)
    for (Index b = 0; b < rows; ++b) texts[static_cast<std::size_t>(b)].push_back(next[b]);
  }
  std::vector<std::int32_t> written;
  for (const auto& text : texts) written.insert(written.end(), text.begin() + 1, text.end());
  return {{rows, length_}, std::move(written)};
}

}  // namespace heed::models
