// CLIP as it is published for PyTorch, built of layers that heed has and loaded through a map of
// names.
// Radford et al. 2021, "Learning transferable visual models from natural language supervision",
// arXiv 2103.00020.
//
//   picture = normed(visual_projection(post_layernorm(vision(patches)[0])))
//   text    = normed(text_projection(final_layer_norm(text(ids))[end]))
//   logits  = e^logit_scale picture text^T
//
// Both towers are pre-norm Transformers whose gelu is x sigmoid(1.702 x); the one of texts is
// causal, and a text ends at its first token of the largest id. Files have the names of the
// transformers package: text_model.*, vision_model.*, text_projection, visual_projection,
// logit_scale. The blocks here are attention::EncoderBlock, with its names, and the head is
// attention::ClipHead.
#pragma once

#include <vector>

#include "attention/block.h"
#include "attention/pairs/clip.h"
#include "nn/conv.h"
#include "nn/embedding.h"
#include "nn/files/weights.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL {

struct ClipTower {
  Index width = 0;
  Index hidden = 0;
  Index layers = 0;
  Index heads = 0;  // no file of weights says it
};

struct ClipOptions {
  ClipTower text;
  ClipTower vision;
  Index vocabulary = 0;
  Index context = 0;    // tokens of a text
  Index channels = 0;
  Index patch = 0;      // height and width of one
  Index positions = 0;  // patches of a picture, and one for the class token
  Index shared = 0;     // of the space where pictures and texts meet
};

// Reads them off the shapes of the tensors. Throws FormatError when these are not of a CLIP,
// ValueError unless the heads divide the widths.
ClipOptions clip_options(const nn::TensorFile& weights, Index text_heads, Index vision_heads);
// How published files are loaded: three projections as one, position ids passed over.
nn::LoadOptions clip_names();

class Clip : public nn::Module {
 public:
  Clip(const ClipOptions& options, Generator& rng);

  // ids (B, T), T <= context -> (B, shared), of length 1.
  Tensor texts(const Indices& ids) const;
  // pictures (B, channels, H, W) -> (B, shared), of length 1. Throws ShapeError.
  Tensor pictures(const Tensor& pictures) const;
  // -> logits (pictures, texts); nn::info_nce(logits, true) is the loss.
  Tensor operator()(const Tensor& pictures, const Indices& ids) const;

 private:
  class Blocks;
  class Text;
  class Vision;
  Text& text_;
  Vision& vision_;
  attention::ClipHead& head_;
};

}  // namespace heed::inline HEED_REAL
