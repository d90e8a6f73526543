// Dot-product attention. Fused, with its composed twin in twins.h.
#pragma once

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
struct AttentionOptions {
  double scale = 0;  // 0: 1 / sqrt(size)
  // Query i of Tq sees keys j <= i + Tk - Tq (aligned bottom-right, as decoding with a cache
  // needs).
  bool causal = false;
  // Only keys within this distance of i + Tk - Tq; -1: all.
  Index window = -1;
  // Broadcast against (B, H, Tq, Tk); undefined: all visible.
  Mask visible = {};
};
// softmax(scale * q k^T) v per head -> (B, Tq, H * value size). Vaswani et al. 2017, arXiv
// 1706.03762, eq. 1. Rows with no visible key give zeros; NaN in keys and values that nobody sees
// does not leak.
Tensor dot_product_attention(const Heads& q, const Heads& k, const Heads& v,
                             const AttentionOptions& options = {});

}  // namespace heed::inline HEED_REAL
