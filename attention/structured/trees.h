// Dependency trees: every word but one, the root, has a head, and no word is above itself. Sums
// over all trees of the words of a text.
// Any tree: the matrix-tree theorem, Koo, Globerson, Carreras, Collins 2007, "Structured prediction
// models via the matrix-tree theorem", EMNLP. Projective trees, in which no two arcs cross: Eisner
// 1996, "Three new probabilistic models for dependency parsing", COLING. Marginals of both by
// differentiating the sum: Eisner 2016, "Inside-outside and forward-backward algorithms are just
// backprop", EMNLP workshop on structured prediction.
//
//   score(tree) = root[r] + sum over the other words d of arcs[d, head of d],   p = e^score / Z
//
//   any    A = e^arcs without its diagonal, L = diag(sum_h A_dh) - A
//          Z = sum_r e^root_r det(L without row and column r),   p(d <- h) = d log Z / d arcs_dh
//
// Shapes   arcs (B, N, N): row d, column h is the score of h as the head of d; root (B, N).
// Cost     any: N^3 sums in logarithms, by words that leave one by one. Projective: as many, by
//          spans of growing length, and 2 N^2 calls of operations. Twice as much again for
//          marginals.
//
// The determinants are found by elimination as of Grassmann, Taksar, Heyman 1985, "Regenerative
// analysis and steady state distributions for Markov chains", Operations Research 33: the diagonal
// of what remains is summed from what is beside it, never subtracted. So all is a sum of positive
// numbers, in logarithms, and keeps its digits where best heads form a cycle and a determinant from
// a library has none left (cycles_leave_the_digits). All is differentiable to any order.
#pragma once

#include "autograd/indices.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

struct TreeScores {
  Tensor arcs;  // (B, N, N); its diagonal is not looked at
  Tensor root;  // (B, N)
  Mask real = {};  // (B, N); undefined: all. Of projective trees absent words lie at the end.
  bool projective = false;
};

// Both throw ShapeError when the shapes do not fit, ValueError without a word, and when an absent
// word lies before a real one and trees are projective.

// log Z, (B); 0 without a real word. Its gradient by a score is a marginal.
Tensor log_partition(const TreeScores& scores);

struct TreeMarginals {
  Tensor arcs;  // (B, N, N): p(head of d = h)
  Tensor root;  // (B, N): p(d is the root); with the row of arcs it sums to 1
};
TreeMarginals marginals(const TreeScores& scores);

}  // namespace heed::inline HEED_REAL::attention
