// Whisper: from sound to text. A log-mel spectrogram, two convolutions that halve its frames, an
// encoder that reads all of them, and a decoder that writes a token after the other and looks at
// what it heard with each.
// Radford, Kim, Xu, Brockman, McLeavey, Sutskever 2022, "Robust speech recognition via large-scale
// weak supervision", arXiv 2212.04356, section 2.2.
//
//   memory = layer_norm(blocks(gelu(conv2(gelu(conv1(features)))) + positions))
//   logits = layer_norm(blocks(words[ids] + positions, memory)) words^T
//   conv1 with a window of 3, conv2 too, at every second place; pre-norm blocks, the exact gelu
//
// Shapes   features (B, bands, F) -> memory (B, S, C), S = ceil(F / 2); ids (B, T) -> logits
//          (B, T, V). Features are nn::log_mel of a sound.
// Cost     3 F bands C + 3 S C^2 multiply-adds for the convolutions, 2 S^2 C a layer of the encoder
//          for scores and values, 2 T S C for each cross-attention. Each token looks at the whole
//          sound; its keys and values are projected once for a text (WhisperState).
// Differs  from `cross` in nothing but what it looks at: the same attention, of tokens over frames.
//          Sound and text run in one order and nothing says so: it is learned, where `local-m`
//          takes it for granted; that it was learned is seen in the weights, from which
//          token_starts (alignment.h) tells when each token was said.
// Limit    behind the convolutions it is the encoder and decoder of Vaswani et al. 2017, pre-norm
//          (whisper_behind_its_stem_is_an_encoder_decoder).
//
// Positions of frames start as the authors' sines, sin(t w_0) ... sin(t w_h), cos(t w_0) ...
// cos(t w_h) with w_i = 10000^(-i / (C / 2 - 1)), and are parameters, which the authors do not
// train. Parameters have the names of the transformers package, but for those inside the blocks
// (block.h); examples/pytorch/whisper.h loads published files. Looked at (maps.h): `self` of each
// layer and `cross`, the map of tokens over frames (B, H, T, S).
#pragma once

#include <vector>

#include "attention/block.h"
#include "nn/conv.h"
#include "nn/embedding.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL::attention {

struct WhisperOptions {
  Index bands = 0;      // of the log-mel spectrogram
  Index positions = 0;  // half the frames of a sound
  Index vocabulary = 0;
  Index context = 0;  // tokens of a text
  Index width = 0;
  Index hidden = 0;
  Index encoder_layers = 0;
  Index decoder_layers = 0;
  Index heads = 0;
  double deviation = 0.02;  // of words and their positions at the start
};

// What the decoder's blocks remember: of the tokens that went by, and of the one memory that they
// look at, which is projected with the first token and not again.
struct WhisperState {
  std::vector<MixerState> tokens = {};
  std::vector<MixerState> memory = {};
};

class Whisper : public nn::Module {
 public:
  using State = WhisperState;

  // Throws ValueError unless all sizes are at least 1 and the heads divide the width.
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
  std::vector<EncoderBlock*> encoder_;
  nn::LayerNorm& encoder_norm_;
  nn::Embedding& words_;
  nn::LearnedPositions& decoder_positions_;
  std::vector<DecoderBlock*> decoder_;
  nn::LayerNorm& decoder_norm_;
};

}  // namespace heed::inline HEED_REAL::attention
