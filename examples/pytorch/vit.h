// The vision transformer as it is published for PyTorch, built of layers that heed has and loaded
// through a map of names.
// Dosovitskiy et al. 2021, "An image is worth 16x16 words", arXiv 2010.11929.
//
//   x = [class token, patches W] + positions
//   x = x + attention(norm1(x));   x = x + mlp(norm2(x)), a block, with the exact gelu
//   logits = classifier(layernorm(x)[0])
//
// eps is 1e-12. Files have the names of the transformers package: vit.embeddings.*,
// vit.encoder.layer.N.*, vit.layernorm, classifier. The blocks here are attention::EncoderBlock,
// with its names.
#pragma once

#include <vector>

#include "attention/block.h"
#include "nn/conv.h"
#include "nn/files/weights.h"

namespace heed::inline HEED_REAL {

struct VitOptions {
  Index channels = 0;
  Index patch = 0;      // height and width of one
  Index positions = 0;  // patches of a picture, and one for the class token
  Index width = 0;
  Index hidden = 0;
  Index layers = 0;
  Index heads = 0;      // the only one that no file of weights says
  Index classes = 0;    // 0: without a classifier
};

// Reads them off the shapes of the tensors. Throws FormatError when these are not of a ViT,
// ValueError unless the heads divide the width.
VitOptions vit_options(const nn::TensorFile& weights, Index heads);
// How published files are loaded: names with "vit." in front or without, three projections as one,
// the pooler passed over.
nn::LoadOptions vit_names();

class Vit : public nn::Module {
 public:
  Vit(const VitOptions& options, Generator& rng);

  // pictures (B, channels, H, W), of positions - 1 patches -> (B, positions, C), the class token
  // first. Throws ShapeError.
  Tensor features(const Tensor& pictures) const;
  // -> logits (B, classes). Throws ValueError without a classifier.
  Tensor operator()(const Tensor& pictures) const;

 private:
  Tensor class_token_;
  Tensor positions_;
  nn::Conv2d& patches_;
  std::vector<attention::EncoderBlock*> blocks_;
  nn::LayerNorm& norm_;
  nn::Linear* classifier_ = nullptr;
};

}  // namespace heed::inline HEED_REAL
