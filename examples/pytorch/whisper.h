// Whisper, from sound to text, as it is published for PyTorch: attention::Whisper, loaded through a
// map of names.
// Radford et al. 2022, "Robust speech recognition via large-scale weak supervision", arXiv
// 2212.04356.
//
// Keys have no bias, which here is one of zeros. Files have the names of the transformers package:
// model.encoder.*, model.decoder.*.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "attention/audio/whisper.h"
#include "nn/files/weights.h"

namespace heed::inline HEED_REAL {

using attention::Whisper;
using attention::WhisperOptions;
using attention::WhisperState;

// The sizes, read off the shapes of the tensors; no file says the heads. Throws FormatError when
// these are not of a Whisper, ValueError unless the heads divide the width.
WhisperOptions whisper_options(const nn::TensorFile& weights, Index heads);
// How published files are loaded: names with "model." in front or without, three projections as
// one, keys without a bias, the output matrix stored once more.
nn::LoadOptions whisper_names();

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
