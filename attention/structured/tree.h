// Structured attention over dependency trees: every token looks at its head, and all heads together
// are a tree.
// Kim, Denton, Hoang, Rush 2017, "Structured attention networks", arXiv 1702.00887, section 3.2
// (syntactic attention, projective trees); Liu, Lapata 2018, "Learning structured text
// representations", arXiv 1705.09207, section 2.2 (any tree, by the matrix-tree theorem).
//
//   arcs_dh = q_d . k_h / sqrt(D),   root_d = w . x_d
//   a_dh = p(head of d = h) over all trees (trees.h),   y_d = sum_h a_dh v_h,  then W_o
//
// Shapes   x (B, T, C) -> y (B, T, C); H trees a text, of size D = C / H each.
// Cost     2 T^2 C multiply-adds, and a head T^3 sums in logarithms, three times (trees.h).
// Differs  softmax lets each token choose by itself. Here one choice excludes others: who is above
//          somebody cannot be below him, and only one token has no head. A row sums to 1 without
//          the probability that its token is the root, who looks at nobody. Not for long texts, and
//          not where several tokens may be asked at once.
// Limit    of two tokens one looks at the other, and which is a softmax of the two trees
//          (two_tokens_choose_one_of_two_trees).
//
// Absent tokens are in no tree. In the catalog: `tree`, with the option `projective`.
#pragma once

#include "attention/projections.h"
#include "attention/structured/trees.h"

namespace heed::inline HEED_REAL::attention {

struct TreeAttentionOptions {
  Index width = 0;
  Index heads = 1;
  bool projective = false;
};

class TreeAttention : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width.
  TreeAttention(const TreeAttentionOptions& options, Generator& rng);
  Mixed mix(const MixerInput& input) const override;

 private:
  TreeAttentionOptions options_;
  Projections& project_;
  nn::Linear& root_;  // w of each head
};

}  // namespace heed::inline HEED_REAL::attention
