// Whisper, from sound to text, as it is published for PyTorch, built of layers that heed has and
// loaded through a map of names.
// Radford et al. 2022, "Robust speech recognition via large-scale weak supervision", arXiv
// 2212.04356.
//
//   memory = layer_norm(blocks(gelu(conv2(gelu(conv1(features)))) + positions))
//   logits = layer_norm(blocks(words[ids] + positions, memory)) words^T
//
// Pre-norm blocks with the exact gelu; the second convolution halves the frames; keys have no bias,
// which here is one of zeros. Files have the names of the transformers package: model.encoder.*,
// model.decoder.*. The blocks here are attention::EncoderBlock and DecoderBlock, with their names.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "attention/block.h"
#include "nn/conv.h"
#include "nn/embedding.h"
#include "nn/files/weights.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL {

struct WhisperOptions {
  Index bands = 0;      // of the log-mel spectrogram
  Index positions = 0;  // half the frames of a sound
  Index vocabulary = 0;
  Index context = 0;  // tokens of a text
  Index width = 0;
  Index hidden = 0;
  Index encoder_layers = 0;
  Index decoder_layers = 0;
  Index heads = 0;  // the only one that no file of weights says
};

// Reads them off the shapes of the tensors. Throws FormatError when these are not of a Whisper,
// ValueError unless the heads divide the width.
WhisperOptions whisper_options(const nn::TensorFile& weights, Index heads);
// How published files are loaded: names with "model." in front or without, three projections as
// one, keys without a bias, the output matrix stored once more.
nn::LoadOptions whisper_names();

// What the decoder's blocks remember: of the tokens that went by, and of the one memory that they
// look at, which is projected with the first token and not again.
struct WhisperState {
  std::vector<attention::MixerState> tokens = {};
  std::vector<attention::MixerState> memory = {};
};

class Whisper : public nn::Module {
 public:
  using State = WhisperState;

  Whisper(const WhisperOptions& options, Generator& rng);

  // features (B, bands, frames), frames <= 2 positions -> memory (B, ceil(frames / 2), C).
  Tensor encode(const Tensor& features) const;
  // ids (B, T), T <= context, memory (B, S, C) -> logits (B, T, V).
  Tensor decode(const Indices& ids, const Tensor& memory) const;
  // The same for ids that follow what `state` has seen (empty: nothing) with this memory; notes
  // them there.
  Tensor decode(const Indices& ids, const Tensor& memory, WhisperState& state) const;

  const WhisperOptions& options() const { return options_; }

 private:
  Tensor decoded(const Indices& ids, const Tensor& memory, WhisperState* state) const;

  WhisperOptions options_;
  nn::Conv1d& conv1_;
  nn::Conv1d& conv2_;
  nn::LearnedPositions& encoder_positions_;
  std::vector<attention::EncoderBlock*> encoder_;
  nn::LayerNorm& encoder_norm_;
  nn::Embedding& words_;
  nn::LearnedPositions& decoder_positions_;
  std::vector<attention::DecoderBlock*> decoder_;
  nn::LayerNorm& decoder_norm_;
};

// A text that grows beside one memory, as generate() asks for it (examples/generation/generate.h):
// the logits after its last token. Copies go on by themselves; the model has to outlive them.
class WhisperReader {
 public:
  // memory (1, S, C).
  WhisperReader(const Whisper& model, Tensor memory) : model_(&model), memory_(std::move(memory)) {}

  // -> (1, tokens that are new, V). Throws ShapeError beyond the context.
  Tensor operator()(std::span<const std::int32_t> tokens);

 private:
  const Whisper* model_;
  Tensor memory_;
  WhisperState state_;
  std::size_t seen_ = 0;
};

}  // namespace heed::inline HEED_REAL
