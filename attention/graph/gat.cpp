#include "attention/graph/gat.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/maps.h"
#include "attention/score_shift.h"
#include "autograd/ops.h"
#include "autograd/ops/ids.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// The ends of each edge, (E) each.
struct Edges {
  Indices from, to;
};

Edges edges_of(const char* name, const Tensor& x, const Indices& edges, bool self_loops) {
  if (edges.shape().rank() != 2 || edges.dim(0) != 2) {
    throw ShapeError(fmt::format("[{}] edges must be (2, E): got {}", name, edges.shape().str()));
  }
  const Index nodes = x.dim(0), given = edges.dim(1);
  std::vector<std::int32_t> from, to;
  for (Index e = 0; e < given; ++e) {
    const std::int32_t a = edges[e], b = edges[given + e];
    if (a < 0 || a >= nodes || b < 0 || b >= nodes) {
      throw ValueError(fmt::format("[{}] edge {} goes from {} to {}, and there are {} nodes", name,
                                   e, a, b, nodes));
    }
    if (self_loops && a == b) continue;
    from.push_back(a);
    to.push_back(b);
  }
  for (std::int32_t node = 0; self_loops && node < nodes; ++node) {
    from.push_back(node);
    to.push_back(node);
  }
  return {Indices(std::move(from)), Indices(std::move(to))};
}

GraphOptions checked(const char* name, Index in, Index out, const GraphOptions& options) {
  nn::check_positive(name, {{"in", in}, {"out", out}, {"heads", options.heads}});
  if (options.dropout >= 0 && options.dropout < 1) return options;
  throw ValueError(fmt::format("[{}] dropout must be in [0, 1): {}", name, options.dropout));
}

Tensor attention_vector(Index heads, Index out, Generator& rng) {
  return reshape(nn::xavier_uniform({heads, out}, rng), {1, heads, out});
}

Tensor bias_of(Index out, const GraphOptions& options) {
  return Tensor::zeros({options.concat ? options.heads * out : out});
}

// (N, H D) -> (N, H, D), where each head has a vector in `att` (1, H, D).
Tensor by_heads(const Tensor& x, const Tensor& att) {
  return reshape(x, {x.dim(0), att.dim(1), att.dim(2)});
}

// The matrix that the weights (E, H) of the edges amount to, (1, H, N, N).
void publish_edges(const char* name, const Tensor& weights, const Edges& edges, Index nodes) {
  if (!recording_maps()) return;
  std::vector<std::int32_t> places;
  for (Index e = 0; e < edges.to.size(); ++e) {
    places.push_back(checked_id(name, edges.to[e] * nodes + edges.from[e]));
  }
  const Tensor flat = segment_sum(weights, Indices(std::move(places)), nodes * nodes);  // (N N, H)
  const Tensor square = reshape(flat, {1, nodes, nodes, weights.dim(1)});
  publish_map(name, permute(square, {0, 3, 1, 2}));
}

// Scores (E, H) and values of the nodes (N, H, D) -> (N, H D), or (N, D). `draws`: null where
// nothing is dropped.
Tensor gather_neighbours(const char* name, const Tensor& scores, const Tensor& values,
                         const Edges& edges, const GraphOptions& options, Generator* draws) {
  const Index nodes = values.dim(0), heads = values.dim(1), out = values.dim(2);
  Tensor weights = segment_softmax(shifted(scores), edges.to, nodes);  // (E, H)
  publish_edges(name, weights, edges, nodes);
  if (draws != nullptr) weights = dropout(weights, options.dropout, *draws);
  const Tensor messages =
      reshape(weights, {weights.dim(0), heads, 1}) * index_select(values, edges.from);  // (E, H, D)
  const Tensor y = segment_sum(messages, edges.to, nodes);                              // (N, H, D)
  return options.concat ? reshape(y, {nodes, heads * out}) : mean(y, {1});
}

std::vector<Option> slope_option() {
  return {{"negative_slope", GraphOptions().negative_slope, "of LeakyReLU; 1: a straight line"}};
}

}  // namespace

GAT::GAT(Index in, Index out, Generator& rng, const GraphOptions& options)
    : options_(checked("gat", in, out, options)),
      lin_(child<nn::Linear>("lin", nn::xavier_uniform({options.heads * out, in}, rng))),
      att_src_(param("att_src", attention_vector(options.heads, out, rng))),
      att_dst_(param("att_dst", attention_vector(options.heads, out, rng))) {
  if (options.bias) bias_ = param("bias", bias_of(out, options));
}

Tensor GAT::operator()(const Tensor& x, const Indices& edges) const {
  nn::check_shape("gat", "x", x, "(N, in)", {-1, lin_.weight().dim(1)});
  const Edges ends = edges_of("gat", x, edges, options_.self_loops);
  const Tensor h = by_heads(lin_(x), att_src_);                                         // (N, H, D)
  const Tensor as_source = sum(h * att_src_, {2}), as_target = sum(h * att_dst_, {2});  // (N, H)
  const Tensor scores =
      leaky_relu(index_select(as_source, ends.from) + index_select(as_target, ends.to),
                 options_.negative_slope);  // (E, H)
  Generator* const dropping = training() && options_.dropout > 0 ? &draws() : nullptr;
  const Tensor y = gather_neighbours("gat", scores, h, ends, options_, dropping);
  return bias_.defined() ? y + bias_ : y;
}

GATv2::GATv2(Index in, Index out, Generator& rng, const GraphOptions& options)
    : options_(checked("gatv2", in, out, options)),
      lin_l_(linear_layer("lin_l", in, out, rng)),
      lin_r_(linear_layer("lin_r", in, out, rng)),
      att_(param("att", attention_vector(options.heads, out, rng))) {
  if (options.bias) bias_ = param("bias", bias_of(out, options));
}

nn::Linear& GATv2::linear_layer(const char* name, Index in, Index out, Generator& rng) {
  const Index width = options_.heads * out;
  return child<nn::Linear>(name, nn::xavier_uniform({width, in}, rng),
                           options_.bias ? Tensor::zeros({width}) : Tensor());
}

Tensor GATv2::operator()(const Tensor& x, const Indices& edges) const {
  nn::check_shape("gatv2", "x", x, "(N, in)", {-1, lin_l_.weight().dim(1)});
  const Edges ends = edges_of("gatv2", x, edges, options_.self_loops);
  const Tensor source = by_heads(lin_l_(x), att_), target = by_heads(lin_r_(x), att_);  // (N, H, D)
  const Tensor hidden = leaky_relu(index_select(source, ends.from) + index_select(target, ends.to),
                                   options_.negative_slope);  // (E, H, D)
  Generator* const dropping = training() && options_.dropout > 0 ? &draws() : nullptr;
  const Tensor y =
      gather_neighbours("gatv2", sum(hidden * att_, {2}), source, ends, options_, dropping);
  return bias_.defined() ? y + bias_ : y;
}

Mechanism gat_entry() {
  return {.name = "gat",
          .title = "Graph attention (GAT)",
          .what = "Every node weighs its neighbours; all rank them alike.",
          .paper = "Velickovic et al. 2017, arXiv 1710.10903",
          .file = "attention/graph/gat.h",
          .limit = "complete_graph_is_dense_attention",
          .aliases = {"graph"},
          .options = slope_option(),
          .reductions = {{.to = "softmax over edges",
                          .when = "a complete graph",
                          .reason = "a list of all edges is a matrix without a mask",
                          .test = "complete_graph_is_dense_attention"}}};
}

Mechanism gatv2_entry() {
  return {.name = "gatv2",
          .title = "Dynamic graph attention (GATv2)",
          .what = "Every node weighs its neighbours, each by an order of its own.",
          .paper = "Brody et al. 2021, arXiv 2105.14491",
          .file = "attention/graph/gat.h",
          .limit = "complete_graph_is_dense_attention",
          .options = slope_option(),
          .reductions = {{.to = "softmax over edges",
                          .when = "a complete graph",
                          .reason = "a list of all edges is a matrix without a mask",
                          .test = "complete_graph_is_dense_attention"},
                         {.to = "gat",
                          .when = "negative_slope = 1 in both, W_l = W_r, a_s = a_t",
                          .reason = "without a bend the sum of both ends is a sum of two scores",
                          .test = "gatv2_without_a_bend_is_gat"}}};
}

}  // namespace heed::inline HEED_REAL::attention
