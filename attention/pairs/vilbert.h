// ViLBERT's co-attentional layer: two streams, each a BERT layer whose keys and values come from
// the other one.
// Lu, Batra, Parikh, Lee 2019, "ViLBERT: pretraining task-agnostic visiolinguistic representations
// for vision-and-language tasks", arXiv 1908.02265, section 2.2 and figure 2b.
//
//   a' = layer_norm(a + attend(a W_q^a; b W_k^a, b W_v^a) W_o^a),  a'' = layer_norm(a' + mlp_a(a'))
//   b' = layer_norm(b + attend(b W_q^b; a W_k^b, a W_v^b) W_o^b),  b'' = layer_norm(b' + mlp_b(b'))
//
// Shapes   a (B, N, Ca), b (B, T, Cb) -> the same; H heads on either side.
// Cost     2 N T (Ca + Cb) multiply-adds for scores and values, N (2 Ca^2 + 8 Ca^2) + 2 T Ca Cb for
//          what stream A projects, and as much the other way round.
// Differs  from `co-attention` in that nothing is pooled and from `dcn` in that the two directions
//          have scores of their own. A token hears of the other stream only, not of its
//          neighbours: in the paper a layer of this kind stands before an ordinary one of each
//          stream. Where one stream asks and the other answers, `cross` is half the work.
// Limit    where each keeps its own keys and values it is two BERT layers that know nothing of each
//          other (vilbert_of_own_keys_is_two_bert_layers).
//
// A stream attends in its own width; the authors project both to 1024. The layers are
// EncoderBlock (block.h), post-norm. Looked at (maps.h): what A sees of B, then what B sees of A,
// (B, H, N, T) and (B, H, T, N).
#pragma once

#include "attention/block.h"

namespace heed::inline HEED_REAL::attention {

struct CoTransformerOptions {
  Index width_a = 0;
  Index width_b = 0;  // 0: width_a
  Index heads = 1;
  Index hidden_a = 0;  // of the MLP; 0: 4 * width_a
  Index hidden_b = 0;
  bool swapped = true;  // false: each stream has its own keys and values
};

struct BothStreams {
  Tensor a;  // (B, N, Ca)
  Tensor b;  // (B, T, Cb)
};

class CoTransformer : public nn::Module {
 public:
  // Throws ValueError unless the heads divide both widths.
  CoTransformer(const CoTransformerOptions& options, Generator& rng);
  // `real_a` (B, N) and `real_b` (B, T) say which tokens are there; undefined: all. Throws
  // ShapeError.
  BothStreams operator()(const Tensor& a, const Tensor& b, const Mask& real_a = {},
                     const Mask& real_b = {}) const;

 private:
  CoTransformerOptions options_;
  EncoderBlock& a_;
  EncoderBlock& b_;
};

}  // namespace heed::inline HEED_REAL::attention
