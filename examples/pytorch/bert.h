// BERT with its masked-language head as it is published for PyTorch, parameter by parameter, so
// that its weights run here.
// Devlin et al. 2018, "BERT: pre-training of deep bidirectional transformers", arXiv 1810.04805.
//
//   x = LayerNorm(word[ids] + position[0 ... T-1] + token_type[types])
//   x = LayerNorm(x + dense(attention(query(x), key(x), value(x)))),
//   x = LayerNorm(x + dense(gelu(dense(x)))), a layer
//   logits = LayerNorm(gelu(dense(x))) word^T + bias
//
// Attention sees every token that the mask keeps, gelu is the exact one, eps is 1e-12, and the
// output matrix is the word embedding. Names are those of the transformers package:
// bert.embeddings.*, bert.encoder.layer.N.attention.self.query and so on, cls.predictions.*. Its
// maps (attention/maps.h) have the paths bert.encoder.layer.N.attention.self.
#pragma once

#include <string>
#include <vector>

#include "nn/embedding.h"
#include "nn/files/weights.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL {

struct BertOptions {
  Index vocabulary = 0;
  Index context = 0;
  Index token_types = 0;
  Index width = 0;
  Index hidden = 0;
  Index layers = 0;
  Index heads = 0;       // the only one that no file of weights says
  Index padding_id = 0;  // of the word embedding: this row learns nothing from being looked up
};

// Reads them off the shapes of the tensors. Throws FormatError when these are not of a BERT,
// ValueError unless the heads divide the width.
BertOptions bert_options(const nn::TensorFile& weights, Index heads);
// How published files are loaded: names with "bert." in front or without, norms that say gamma and
// beta, position ids, pooler and next-sentence head passed over, the output matrix stored again.
nn::LoadOptions bert_names();

// All but the head: BertModel without its pooler. Alone, it has the names without "bert."; of a
// file with a head, load it with "cls.*" passed over as well.
class BertEncoder : public nn::Module {
 public:
  // `path` stands in front of the paths of its maps: "bert." inside a Bert.
  BertEncoder(const BertOptions& options, Generator& rng, const std::string& path = "");

  // ids, token types (B, T), T <= context; mask (B, T), true where there is a token -> (B, T, C).
  Tensor operator()(const Indices& ids, const Indices& types, const Mask& mask) const;
  // (V, C).
  const Tensor& words() const { return word_.weight(); }

 private:
  class Layer;
  std::vector<Layer*> make_layers(const BertOptions& options, Generator& rng,
                                  const std::string& path);

  nn::Embedding& word_;
  nn::LearnedPositions& position_;
  nn::Embedding& token_type_;
  nn::LayerNorm& norm_;
  std::vector<Layer*> layers_;
};

class Bert : public nn::Module {
 public:
  // Embeddings N(0, 0.02^2), the rest as nn::Linear and nn::LayerNorm start.
  Bert(const BertOptions& options, Generator& rng);

  // ids, token types (B, T), T <= context; mask (B, T), true where there is a token -> logits
  // (B, T, V).
  Tensor operator()(const Indices& ids, const Indices& types, const Mask& mask) const;

 private:
  BertEncoder& encoder_;
  nn::Linear& head_;
  nn::LayerNorm& head_norm_;
  Tensor bias_;
};

}  // namespace heed::inline HEED_REAL
