// Dot-product attention. Fused, with its composed twin in twins.h.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Where the heads of a query, key or value lie inside a projection, so that attention reads them
// without a copy: head h of token t of batch row b is source[b, t, offset + h * size ... + size].
struct Heads {
  Tensor source;  // (B, T, anything)
  Index offset = 0;
  Index heads = 1;
  Index size = 0;
};
// Where query i of Tq stands among the keys of a batch row, for `causal` and `window`.
enum class Alignment {
  lower_right,  // at i + its keys - Tq: both end together, as decoding with a cache needs
  upper_left,   // at i: both start together, as PyTorch's is_causal has it
};
struct AttentionOptions {
  double scale = 0;  // 0: 1 / sqrt(size)
  // A query sees keys up to where it stands.
  bool causal = false;
  // Only keys within this distance of where it stands; -1: all.
  Index window = -1;
  // Stretches to (B, H, Tq, Tk); undefined: all visible. With a first axis that may be the batch or
  // something else of the same extent it is refused.
  Mask visible = {};
  // Added to the scores, with gradient; stretches to (B, H, Tq, Tk), and no larger matrix is made.
  // Its -inf hides as a mask does. ALiBi, relative positions (T5, Swin), float masks.
  Tensor bias = {};
  // Scores become softcap * tanh(score / softcap), before the bias; 0: they stay. Gemma Team 2024,
  // arXiv 2408.00118, section 2.
  double softcap = 0;
  Alignment alignment = Alignment::lower_right;
  // How many keys each batch row has, the first ones; empty: all. With `lower_right` they are what
  // the queries end with.
  std::vector<Index> key_lengths = {};
};
// softmax(scale * q k^T) v per head -> (B, Tq, H * value size). Vaswani et al. 2017, arXiv
// 1706.03762, eq. 1. Rows with no visible key give zeros; NaN in keys and values that nobody sees
// does not leak. Keys and values may have fewer heads, G: each serves H / G heads of queries in a
// row, without a copy.
Tensor dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                             const AttentionOptions& options = {});

// The matrices that it never makes, for those who look: composed of plain operations, (B, H, Tq,
// Tk). Scores as they enter the softmax, scaled, capped, with the bias, and -inf where a key is
// hidden; without options they are the scaled products.
Tensor attention_scores(const Heads& q, const Heads& k, const AttentionOptions& options = {});
// Their softmax; 0 in rows that see nothing.
Tensor attention_weights(const Heads& q, const Heads& k, const AttentionOptions& options = {});

}  // namespace heed::inline HEED_REAL
