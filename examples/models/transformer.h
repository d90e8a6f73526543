// A Transformer with encoder and decoder, whose cross-attention is the mechanism under test.
// Vaswani et al. 2017, arXiv 1706.03762, section 3.
#pragma once

#include "attention/block.h"
#include "examples/study/study.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::models {

class Transformer : public nn::Module {
 public:
  // Source and target are at most `length` of `words` words.
  Transformer(Index words, Index length, const study::Setup& setup, Generator& rng);

  // source (B, S), of which the first `lengths` are real, previous (B, T) -> logits (B, T, words)
  // of each target word when the right ones before it are given, and the auxiliary losses.
  attention::Mixed operator()(const Indices& source, const std::vector<Index>& lengths,
                              const Indices& previous) const;
  // What the model writes after `start` when it reads its own words: (B, length).
  Indices write(const Indices& source, const std::vector<Index>& lengths, std::int32_t start) const;

 private:
  // (B, S) -> (B, S, C), and the auxiliary losses.
  attention::Mixed encode(const Indices& source, const Mask& real) const;
  // previous (B, T) -> logits (B, T, words).
  attention::Mixed decode(const Indices& previous, const attention::Mixed& memory,
                          const Mask& real) const;

  Index length_;
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
