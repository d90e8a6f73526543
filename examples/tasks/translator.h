// The model of the translation task: a Transformer with encoder and decoder, whose cross-attention
// is the mechanism under test. Vaswani et al. 2017, arXiv 1706.03762, section 3.
#pragma once

#include "attention/block.h"
#include "attention/maps.h"
#include "examples/tasks/task.h"
#include "examples/tasks/translation.h"
#include "nn/embedding.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL::tasks {

class Translator : public nn::Module {
 public:
  Translator(const Settings& settings, const attention::Mechanism& cross, Generator& rng);

  // Logits (B, 14, words) of each target word when the right ones before it are given.
  Tensor operator()(const TranslationBatch& batch) const;
  // What the model writes when it reads its own words, without padding after the end: (B, 14).
  Indices write(const TranslationBatch& batch) const;

 private:
  // (B, S) -> (B, S, C), and who is real, (B, 1, 1, S).
  Tensor encode(const TranslationBatch& batch, const Mask& real) const;
  // previous (B, T) -> logits (B, T, words).
  Tensor decode(const Indices& previous, const Tensor& memory, const Mask& real) const;

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

// The score is the share of sentences without a mistake; details hold the alignment error: the
// share of target words whose largest weight in the last cross-attention is not on the word they
// translate.
Outcome train_translation(const Task& task, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
