// A Transformer with encoder and decoder. Vaswani et al. 2017, arXiv 1706.03762, section 3.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "attention/block.h"
#include "examples/study/study.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::models {

// The three places where it attends: each makes the mixer of a layer.
struct Attentions {
  using Make = std::function<std::unique_ptr<attention::Mixer>(Generator& rng)>;
  Make encoder;
  Make decoder;  // causal
  Make cross;
  // Those of the decoder take states: writing reads each word once and projects the memory once.
  bool cache = false;
};
// Multi-head attention on either side, and the mechanism under test between them; any that takes a
// context, so that writing reads everything anew for each word.
Attentions tested_between(const study::Setup& setup, Index length);
// All three under test: the mechanism in the encoder, which has to be multi-head attention as what
// takes states in the decoder is.
Attentions tested_everywhere(const study::Setup& setup, Index length);

class Transformer : public nn::Module {
 public:
  // Source and target are at most `length` of `words` words.
  Transformer(Index words, Index length, const study::Settings& settings,
              const Attentions& attentions, Generator& rng);

  // source (B, S), of which the first `lengths` are real, previous (B, T) -> logits (B, T, words)
  // of each target word when the right ones before it are given, and the auxiliary losses.
  attention::Mixed operator()(const Indices& source, const std::vector<Index>& lengths,
                              const Indices& previous) const;
  // What the model writes after `start` when it reads its own words: (B, length).
  Indices write(const Indices& source, const std::vector<Index>& lengths, std::int32_t start) const;

  // What a decoder with a cache remembers: of each layer, its own words and the projected memory.
  struct State {
    attention::Mixed memory;  // (B, S, C)
    Mask real;                // (B, 1, 1, S)
    std::vector<attention::MixerState> own, across;
    Index seen = 0;
  };
  // Reads the source. For Attentions::cache.
  State read(const Indices& source, const std::vector<Index>& lengths) const;
  // words (B, T) that follow what `state` has seen -> logits (B, T, words); notes them there.
  Tensor operator()(const Indices& words, State& state) const;

 private:
  // (B, S) -> (B, S, C), and the auxiliary losses.
  attention::Mixed encode(const Indices& source, const Mask& real) const;
  // previous (B, T) -> logits (B, T, words). With a state: those that follow.
  attention::Mixed decode(const Indices& previous, const attention::Mixed& memory, const Mask& real,
                          State* state = nullptr) const;

  Index length_;
  bool cache_;
  nn::Embedding& source_words_;
  nn::Embedding& target_words_;
  nn::LearnedPositions& source_positions_;
  nn::LearnedPositions& target_positions_;
  std::vector<attention::EncoderBlock*> encoder_;
  std::vector<attention::DecoderBlock*> decoder_;
  nn::LayerNorm& encoder_norm_;
  nn::LayerNorm& decoder_norm_;
  nn::Linear& head_;
};

}  // namespace heed::models
