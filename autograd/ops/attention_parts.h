// Dot-product attention over keys that lie in several places: a window and a stride, a window and a
// few tokens that all see. One softmax over all of them; each part goes through the tiled kernel by
// itself, so that the work is that of the parts and no matrix of all pairs is made. Fused, with its
// composed twin.
#pragma once

#include <vector>

#include "autograd/ops/attention.h"

namespace heed::inline HEED_REAL {

// Queries against one set of keys: q (B, T, H * D), k (B, S, H * D), v (B, S, H * V).
//
// Each part may cut the queries into batch rows, tokens and heads in its own way, as long as the
// numbers stay in their order. Where every l-th token sees every l-th, reshape(q, {B, T / l, l *
// C}) with l * H heads is such a cut: a head for each remainder.
struct AttentionPart {
  Tensor q, k, v;
  Index heads = 1;
  AttentionOptions options = {};
};

// softmax over the keys that the parts show a query, together; a key that two parts show counts
// twice -> (B, T, H * V) as the first part cuts it. A query that sees no key gets zeros. The parts
// are merged by the largest score and the sum of exponentials of each (Milakov, Gimelshein 2018,
// arXiv 1805.02867); the backward pass of a part works from the merged ones (Liu et al. 2023, arXiv
// 2310.01889). Throws ValueError without parts, ShapeError when they do not fit.
Tensor attention_over_parts(const std::vector<AttentionPart>& parts);

namespace twin {
Tensor attention_over_parts(const std::vector<AttentionPart>& parts);
}

}  // namespace heed::inline HEED_REAL
