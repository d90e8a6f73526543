// Graph attention: every node weighs the nodes from which an edge comes in.
// GAT: Velickovic et al. 2017, "Graph attention networks", arXiv 1710.10903, equations 1 to 6.
// GATv2: Brody, Alon, Yahav 2021, "How attentive are graph attention networks?", arXiv 2105.14491.
//
//   a_ij = softmax over the edges j -> i of e_ij,   y_i = sum_j a_ij (value of j) + bias
//   GAT    e_ij = LeakyReLU(a_s . W x_j + a_t . W x_i),    value W x_j
//   GATv2  e_ij = a . LeakyReLU(W_l x_j + W_r x_i),        value W_l x_j
//
// Shapes   x (N, in), edges (2, E) -> (N, heads * out) side by side, or (N, out), their mean. Row 0
//          of edges says where each comes from, row 1 where it goes; an edge that stands there
//          twice counts twice, as in PyTorch Geometric, whose names the parameters have.
// Cost     N in H D multiply-adds for the projection and E H D for the values; GATv2 projects twice
//          and takes E H D more for its scores. Kept are E H D numbers, and nothing of N^2.
// Differs  only neighbours are looked at, and the softmax is by segments of the list of edges. In
//          GAT the order of the neighbours is the same for every node that sees them (static):
//          a_t . W x_i moves all scores of node i alike. GATv2 bends after adding, so each node can
//          have its own favourite (dynamic); with a negative_slope of 1 it is static, too. Where
//          everybody sees everybody take `multihead`.
// Limit    on a complete graph it is dense attention with the same scores
//          (complete_graph_is_dense_attention).
//
// Looked at (maps.h) it is the matrix (1, heads, N, N); its scores (score_shift.h) are (E, heads),
// with the loops behind the edges. A node without incoming edges gets the bias alone; with
// `self_loops`, which replaces the loops of the list by one a node, it sees itself.
#pragma once

#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

struct GraphOptions {
  Index heads = 1;
  bool concat = true;  // heads side by side; otherwise their mean
  double negative_slope = 0.2;
  bool self_loops = true;
  bool bias = true;
  double dropout = 0;  // of the weights, in training; a map shows them before
};

class GAT : public nn::Module {
 public:
  using Options = GraphOptions;

  // `out` is the width of a head. Throws ValueError unless in, out and heads are at least 1 and
  // 0 <= dropout < 1.
  GAT(Index in, Index out, Generator& rng, const GraphOptions& options = {});
  // Throws ShapeError when x or edges do not fit, ValueError when an edge names no node.
  Tensor operator()(const Tensor& x, const Indices& edges) const;

 private:
  GraphOptions options_;
  nn::Linear& lin_;
  Tensor att_src_, att_dst_;  // (1, H, D)
  Tensor bias_;
};

class GATv2 : public nn::Module {
 public:
  using Options = GraphOptions;

  // As GAT.
  GATv2(Index in, Index out, Generator& rng, const GraphOptions& options = {});
  Tensor operator()(const Tensor& x, const Indices& edges) const;

 private:
  nn::Linear& linear_layer(const char* name, Index in, Index out, Generator& rng);

  GraphOptions options_;
  nn::Linear& lin_l_;
  nn::Linear& lin_r_;
  Tensor att_;  // (1, H, D)
  Tensor bias_;
};

}  // namespace heed::inline HEED_REAL::attention
