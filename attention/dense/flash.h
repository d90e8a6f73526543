// FlashAttention: softmax attention, exactly, without ever holding the matrix of weights. The keys
// come in tiles; of each query the largest score so far and the sum of exponentials are kept, and
// what was found is corrected when a larger score turns up.
// Dao, Fu, Ermon, Rudra, Ré 2022, "FlashAttention: fast and memory-efficient exact attention with
// IO-awareness", arXiv 2205.14135, algorithm 1; Milakov, Gimelshein 2018, arXiv 1805.02867.
//
//   s = q_i . k_j / sqrt(D) for the keys j of a tile,   m' = max(m, max s)
//   l' = l e^(m - m') + sum e^(s - m'),   o' = o e^(m - m') + sum e^(s - m') v_j
//   y_i = o / l after the last tile,      log sum_j e^(s_ij) = m + log l
//
// Shapes   x (B, T, C) and a context (B, S, C) -> y (B, T, C); H heads of size D = C / H.
// Cost     T S scores a head, as softmax attention: what is saved is memory. The kernel keeps 2 T
//          numbers a head for the backward pass, which makes each tile of weights again, and no T S
//          matrix; causal tiles that nobody sees are skipped. On a processor the matrix was no
//          bottleneck while it fits the cache: at short lengths the plain way can be as fast or
//          faster; see docs/speed.md.
// Differs  in nothing but rounding. With `tile` 0 it is the fused kernel, the same that multi-head
//          attention takes when nobody looks; with a tile size the same steps in plain operations,
//          to be read and differentiated, which keeps what autograd keeps and is slower. Whoever
//          looks at the weights gets the matrix.
// Limit    every tile size gives multi-head attention (flash_is_multi_head_for_every_tile).
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// What queries found in some of the keys: o, m and l of above.
struct PartialSoftmax {
  Tensor found;    // (..., T, D): sum e^(s - m) v
  Tensor largest;  // (..., T, 1), without gradient: it cancels
  Tensor total;    // (..., T, 1): sum e^(s - m)
};
// Of one tile: q (..., T, D), k (..., S, D), v (..., S, V); `visible` stretches to (..., T, S).
PartialSoftmax see_tile(const Tensor& q, const Tensor& k, const Tensor& v, const Mask& visible);
// Of the keys of both. Associative, and either order gives the same up to rounding.
PartialSoftmax merge(const PartialSoftmax& a, const PartialSoftmax& b);

struct TileOptions {
  Index tile = 64;  // queries and keys in one
  bool causal = false;
  Mask visible = {};  // stretches to (B, H, T, S)
};
struct Tiled {
  Tensor y;           // (B, H, T, V), 0 where nothing is seen
  Tensor logsumexp;   // (B, H, T, 1) of the scores seen; the lowest number where there is none
  Index tiles = 0;    // that were looked at
};
// softmax(q k^T / sqrt(D)) v by tiles, in plain operations: q (B, H, T, D), k (B, H, S, D), v
// (B, H, S, V). Causal queries and keys end together; tiles beyond them are skipped. Throws
// ValueError unless a tile holds a query.
Tiled attend_in_tiles(const Tensor& q, const Tensor& k, const Tensor& v,
                      const TileOptions& options = {});

struct FlashOptions {
  Index width = 0;
  Index heads = 1;
  Index tile = 0;  // 0: the fused kernel
  bool causal = false;
};

class Flash : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and the tile is not negative.
  Flash(const FlashOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

 private:
  FlashOptions options_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
