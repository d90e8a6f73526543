// Does a head know who belongs to whom? Arcs of a text that are known (a verb and its subject, a
// pronoun and who is meant) against the key on which each query of a head has most weight; and the
// control without which such a share says nothing, the fixed offset that finds most of them.
//
//   const Tensor found = arc_score(map.weights, gold);     // (H)
//   const FixedOffset control = best_offset(gold);          // "always the third before"
//   // a head that knows more than a distance: found[h] > control.score
//
//   found_h = share of arcs i -> g(i) with argmax_{j != i} a_hij = g(i)
//
// Shapes   map (B, H, T, T); gold (B, T): the key that query i belongs to, no_arc where none is
//          asked for -> (H).
// Cost     B H T^2.
// Differs  from a parser's score in that no tree is built: each query points by itself, and a head
//          is asked about one kind of arc at a time. A head that points from the governor to the
//          dependent is found with transpose(weights, 2, 3). The best of many heads on the texts it
//          is chosen on flatters it, as the best of all offsets does.
// Limit    a head that looks at the token before is exactly the offset -1
//          (a_head_at_a_fixed_offset_scores_what_the_offset_does).
// Source   Clark, Khandelwal, Levy, Manning 2019, "What does BERT look at?", arXiv 1906.04341,
//          sections 4.1 and 4.2; Voita et al. 2019, arXiv 1905.09418, section 5.2.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// The gold of a query that belongs to nobody, or is not asked.
inline constexpr std::int32_t no_arc = -1;

// (H): the share of the arcs of all samples that a head finds; NaN when there are none. A token
// does not point to itself, nor to what `keys`, which stretches to (B, H, T, T), leaves out:
// separators. At a tie the first key counts. Throws ShapeError when the shapes do not fit,
// ValueError on a gold key that is not in the text.
Tensor arc_score(const Tensor& weights, const Indices& gold, const Mask& keys = {});

struct FixedOffset {
  Index offset = 0;  // of the key from the query: -1 the token before
  double score = 0;  // the share of the arcs that it finds
};
// Of all offsets the one that finds most arcs; of equal ones the nearest, and that before the one
// behind. Throws ShapeError unless gold is (B, T), ValueError when there is no arc.
FixedOffset best_offset(const Indices& gold);

}  // namespace heed::inline HEED_REAL::attention
