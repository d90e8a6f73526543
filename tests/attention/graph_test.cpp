// Graph attention on lists of edges: against dense attention with a mask, and what a graph asks.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "attention/graph/gat.h"
#include "attention/maps.h"
#include "attention/normalizers.h"
#include "attention/score_shift.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index in = 5, out = 3;

// Biases that start at 0 hide mistakes.
template <class Layer>
void draw_weights(const Layer& layer) {
  std::uint64_t seed = 50;
  for (const Parameter& own : layer.parameters()) {
    own.value.assign(sample(own.value.shape(), ++seed) * 0.7);
  }
}

using Pairs = std::vector<std::pair<std::int32_t, std::int32_t>>;
Indices list_of(const Pairs& pairs) {
  std::vector<std::int32_t> ends;
  for (const auto& [from, to] : pairs) ends.push_back(from);
  for (const auto& [from, to] : pairs) ends.push_back(to);
  return Indices({2, static_cast<Index>(pairs.size())}, ends);
}

// About half of all edges, loops among them, in no order.
Pairs some_edges(Index nodes, std::uint64_t seed) {
  Pairs pairs;
  Generator rng(seed);
  for (std::int32_t i = 0; i < nodes; ++i) {
    for (std::int32_t j = 0; j < nodes; ++j) {
      if (rng.below(2) == 0) pairs.emplace_back(j, i);
    }
  }
  for (std::size_t i = pairs.size(); i > 1; --i) {
    std::swap(pairs[i - 1], pairs[static_cast<std::size_t>(rng.below(static_cast<int>(i)))]);
  }
  return pairs;
}

// (N, N): 1 where node j sends to node i.
Mask adjacency(const Pairs& pairs, Index nodes, bool loops) {
  std::vector<std::uint8_t> seen(static_cast<std::size_t>(nodes * nodes));
  for (const auto& [from, to] : pairs) seen[static_cast<std::size_t>(to * nodes + from)] = 1;
  for (Index i = 0; loops && i < nodes; ++i) seen[static_cast<std::size_t>(i * nodes + i)] = 1;
  return Mask({nodes, nodes}, seen);
}

Tensor by_heads(const Tensor& x, Index heads) {  // (N, H D) -> (H, N, D)
  return permute(reshape(x, {x.dim(0), heads, x.dim(1) / heads}), {1, 0, 2});
}

// Scores of every pair (H, N, N), all of them, by the formulas of the papers.
Tensor all_scores(const GAT& layer, const Tensor& x, Index heads) {
  const Tensor h = by_heads(linear(x, parameter_of(layer, "lin.weight"), {}), heads);
  const Tensor src = permute(parameter_of(layer, "att_src"), {1, 2, 0});  // (H, D, 1)
  const Tensor dst = permute(parameter_of(layer, "att_dst"), {1, 2, 0});
  return leaky_relu(matmul(h, dst) + transpose(matmul(h, src)), 0.2);
}
Tensor all_scores(const GATv2& layer, const Tensor& x, Index heads) {
  const auto project = [&](const char* w, const char* b) {
    return by_heads(linear(x, parameter_of(layer, w), parameter_of(layer, b)), heads);
  };
  const Tensor l = project("lin_l.weight", "lin_l.bias"), r = project("lin_r.weight", "lin_r.bias");
  const Index n = x.dim(0), d = l.dim(2);
  const Tensor pairs = reshape(r, {heads, n, 1, d}) + reshape(l, {heads, 1, n, d});
  const Tensor att = reshape(parameter_of(layer, "att"), {heads, 1, 1, d});
  return sum(leaky_relu(pairs, 0.2) * att, {3});
}
Tensor values_of(const GAT& layer, const Tensor& x, Index heads) {
  return by_heads(linear(x, parameter_of(layer, "lin.weight"), {}), heads);
}
Tensor values_of(const GATv2& layer, const Tensor& x, Index heads) {
  return by_heads(
      linear(x, parameter_of(layer, "lin_l.weight"), parameter_of(layer, "lin_l.bias")), heads);
}

// The dense twin: every score, a mask, a softmax over rows.
template <class Layer>
Tensor dense(const Layer& layer, const Tensor& x, const Mask& seen, Index heads, bool concat) {
  const Tensor weights = softmax_over(all_scores(layer, x, heads), seen);  // (H, N, N)
  const Tensor y = permute(matmul(weights, values_of(layer, x, heads)), {1, 0, 2});
  const Tensor merged = concat ? reshape(y, {x.dim(0), -1}) : mean(y, {1});
  return merged + parameter_of(layer, "bias");
}

template <class Layer>
void check_against_dense(const Pairs& pairs, Index nodes, const GraphOptions& options) {
  Generator rng(1);
  const Layer layer(in, out, rng, options);
  draw_weights(layer);
  const Tensor x = sample({nodes, in}, 2);
  const Tensor expected = dense(layer, x, adjacency(pairs, nodes, options.self_loops),
                                options.heads, options.concat);
  BOOST_TEST(distance(layer(x, list_of(pairs)), expected) < 1e-13);
}

template <class Layer>
void check_gradients() {
  Generator rng(1);
  const Layer layer(in, out, rng, {.heads = 2});
  draw_weights(layer);
  const Tensor x = sample({4, in}, 3);
  const Indices edges = list_of({{0, 1}, {2, 1}, {3, 1}, {1, 0}, {0, 3}});
  const auto loss = [&](const Tensor& nodes) { return sum(square(layer(nodes, edges))); };
  gradcheck("graph attention", [&](const std::vector<Tensor>& v) { return loss(v[0]); }, {x});
  BOOST_TEST(deviation([&] { return loss(x); }, layer) < 1e-6);
}

// In how many of 200 draws all nodes rank the others alike.
template <class Layer>
int static_rankings() {
  int alike = 0;
  for (std::uint64_t draw = 0; draw < 200; ++draw) {
    Generator rng(draw + 1);
    const Layer layer(in, 8, rng);
    const Tensor scores = all_scores(layer, sample({6, in}, 1000 + draw), 1);
    std::set<std::vector<std::int32_t>> orders;
    const Indices order = argsort(scores, -1);  // (1, 6, 6)
    for (Index i = 0; i < 6; ++i) {
      orders.insert({order.values().begin() + i * 6, order.values().begin() + i * 6 + 6});
    }
    alike += orders.size() == 1 ? 1 : 0;
  }
  return alike;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(graphs)

BOOST_AUTO_TEST_CASE(complete_graph_is_dense_attention) {
  Pairs all;
  for (std::int32_t i = 0; i < 6; ++i) {
    for (std::int32_t j = 0; j < 6; ++j) all.emplace_back(j, i);
  }
  check_against_dense<GAT>(all, 6, {.heads = 2});
  check_against_dense<GATv2>(all, 6, {.heads = 2});
}

// The only way that is exact: with a bend neither becomes the other, as one is static.
BOOST_AUTO_TEST_CASE(gatv2_without_a_bend_is_gat) {
  const Indices edges = list_of(some_edges(7, 4));
  const Tensor x = sample({7, in}, 5);
  for (const double slope : {1.0, 0.2}) {
    Generator rng(1);
    const GraphOptions options{.heads = 2, .negative_slope = slope};
    const GATv2 dynamic(in, out, rng, options);
    const GAT fixed(in, out, rng, options);
    draw_weights(dynamic);
    draw_weights(fixed);
    for (const char* one : {"lin_l", "lin_r"}) {
      const std::string name = one;
      parameter_of(dynamic, name + ".weight").assign(parameter_of(fixed, "lin.weight"));
      parameter_of(dynamic, name + ".bias").assign(Tensor::zeros({2 * out}));
    }
    for (const char* one : {"att_src", "att_dst"}) {
      parameter_of(fixed, one).assign(parameter_of(dynamic, "att"));
    }
    parameter_of(fixed, "bias").assign(parameter_of(dynamic, "bias"));
    const double apart = distance(dynamic(x, edges), fixed(x, edges));
    if (slope == 1) BOOST_TEST(apart < 1e-13);
    if (slope != 1) BOOST_TEST(apart > 1e-3);
  }
}

BOOST_AUTO_TEST_CASE(a_list_of_edges_is_a_mask) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const bool concat : {true, false}) {
      for (const bool loops : {true, false}) {
        const GraphOptions options{.heads = 3, .concat = concat, .self_loops = loops};
        check_against_dense<GAT>(some_edges(7, seed), 7, options);
        check_against_dense<GATv2>(some_edges(7, seed), 7, options);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(derivatives_of_graph_attention) {
  check_gradients<GAT>();
  check_gradients<GATv2>();
}

// Names of nodes mean nothing.
template <class Layer>
void check_permutation() {
  Generator rng(1);
  const Layer layer(in, out, rng, {.heads = 2});
  draw_weights(layer);
  const Indices order({3, 0, 4, 1, 2}), place({1, 3, 4, 0, 2});  // new node i was order[i]
  const Pairs pairs = some_edges(5, 4);
  Pairs renamed;
  for (const auto& [from, to] : pairs) renamed.emplace_back(place[from], place[to]);
  const Tensor x = sample({5, in}, 5);
  const Tensor moved = layer(index_select(x, order), list_of(renamed));
  BOOST_TEST(distance(moved, index_select(layer(x, list_of(pairs)), order)) < 1e-14);
  BOOST_TEST(distance(moved, layer(x, list_of(pairs))) > 0.01);
}

BOOST_AUTO_TEST_CASE(permuting_nodes_and_edges_permutes_the_result) {
  check_permutation<GAT>();
  check_permutation<GATv2>();
}

// An edge that is listed twice counts twice, as if its score were larger by log 2.
BOOST_AUTO_TEST_CASE(an_edge_listed_twice_counts_twice) {
  Generator rng(1);
  const GAT layer(in, out, rng, {.self_loops = false, .bias = false});
  const Tensor x = sample({3, in}, 12);
  const Tensor once = layer(x, list_of({{0, 2}, {1, 2}}));
  const Tensor twice = layer(x, list_of({{0, 2}, {1, 2}, {1, 2}}));
  const ScoreShift louder({Tensor(Shape{2, 1}, {0, static_cast<Real>(std::log(2))})});
  BOOST_TEST(distance(twice, layer(x, list_of({{0, 2}, {1, 2}}))) < 1e-14);
  BOOST_TEST(distance(twice, once) > 0.01);
}

// Each weight is dropped by itself, and what stays is scaled: the mean over draws is the layer.
template <class Layer>
void check_dropout() {
  Generator rng(1);
  Layer layer(in, out, rng, {.heads = 2, .dropout = 0.5});
  draw_weights(layer);
  const Tensor x = sample({4, in}, 13);
  const Indices edges = list_of({{0, 1}, {2, 1}, {3, 1}, {1, 0}, {0, 3}});
  Tensor total = Tensor::zeros({4, 2 * out});
  constexpr int passes = 4000;
  for (std::uint64_t pass = 0; pass < passes; ++pass) {
    layer.seed_draws(9, pass);
    total = (total + layer(x, edges)).detach();
  }
  layer.seed_draws(9, 0);
  const Tensor first = layer(x, edges);
  layer.eval();
  const Tensor whole = layer(x, edges);
  BOOST_TEST(distance(first, whole) > 0.1);
  BOOST_TEST(distance(total * (1.0 / passes), whole) < 0.15);
}

BOOST_AUTO_TEST_CASE(dropped_weights_leave_the_mean) {
  check_dropout<GAT>();
  check_dropout<GATv2>();
}

BOOST_AUTO_TEST_CASE(a_lonely_node_is_its_own_value) {
  Generator rng(1);
  const Tensor x = sample({3, in}, 6);
  const GAT looped(in, out, rng, {.bias = false});
  const Tensor own = linear(x, parameter_of(looped, "lin.weight"), {});
  const Tensor alone = looped(x, list_of({{0, 1}, {1, 0}}));
  BOOST_TEST(distance(select(alone, 0, 2), select(own, 0, 2)) < 1e-15);
  BOOST_TEST(distance(select(alone, 0, 0), select(own, 0, 0)) > 0.01);
  const GAT bare(in, out, rng, {.self_loops = false});
  draw_weights(bare);
  const Tensor y = bare(x, list_of({{0, 1}, {1, 0}}));
  BOOST_TEST(distance(select(y, 0, 2), parameter_of(bare, "bias")) == 0.0);
  BOOST_TEST(largest(bare(Tensor::zeros({0, in}), Indices(Shape{2, 0}, {}))) == 0.0);
}

BOOST_AUTO_TEST_CASE(gat_ranks_neighbours_alike_and_gatv2_does_not) {
  BOOST_TEST(static_rankings<GAT>() == 200);
  BOOST_TEST(static_rankings<GATv2>() <= 20);
}

// What a recorder gets: a row a node, with the weights of its incoming edges, twice where an edge
// stands twice, and zeros where there is none.
BOOST_AUTO_TEST_CASE(the_map_is_the_matrix_of_the_edges) {
  Generator rng(1);
  const GATv2 layer(in, out, rng, {.heads = 2, .self_loops = false});
  const Tensor x = sample({3, in}, 7);
  const MapRecorder recorder;
  layer(x, list_of({{0, 2}, {1, 2}, {1, 2}, {2, 0}}));
  BOOST_TEST_REQUIRE(recorder.maps().size() == 1U);
  const Tensor weights = recorder.maps()[0].weights;
  BOOST_TEST_REQUIRE(weights.shape() == (Shape{1, 2, 3, 3}));
  for (Index h = 0; h < 2; ++h) {
    const Real* map = weights.data() + h * 9;
    const std::vector<Real> first(map, map + 3), second(map + 3, map + 6);
    BOOST_TEST((first == std::vector<Real>{0, 0, 1}));
    BOOST_TEST((second == std::vector<Real>{0, 0, 0}));
    BOOST_TEST(map[8] == 0);
    const Tensor scores = select(all_scores(layer, x, 2), 0, h);  // (3, 3)
    const double to_0 = std::exp(static_cast<double>(scores.data()[6]));
    const double to_1 = 2 * std::exp(static_cast<double>(scores.data()[7]));
    BOOST_TEST(std::abs(static_cast<double>(map[6]) - to_0 / (to_0 + to_1)) < 1e-14);
    BOOST_TEST(std::abs(static_cast<double>(map[7]) - to_1 / (to_0 + to_1)) < 1e-14);
  }
}

BOOST_AUTO_TEST_CASE(wrong_graphs_are_told) {
  Generator rng(1);
  const GAT layer(in, out, rng);
  const GATv2 second(in, out, rng);
  const Tensor x = sample({3, in}, 8);
  BOOST_TEST(thrown<Error>([&] { layer(x, Indices({0, 1})); }) ==
             "[gat] edges must be (2, E): got (2)");
  BOOST_TEST(thrown<Error>([&] { second(x, list_of({{0, 1}, {3, 1}})); }) ==
             "[gatv2] edge 1 goes from 3 to 1, and there are 3 nodes");
  BOOST_TEST(thrown<Error>([&] { second(sample({3, 4}, 8), list_of({{0, 1}})); }) ==
             "[gatv2] x must be (N, in) = (any, 5), got (3, 4)");
  BOOST_TEST(thrown<Error>([&] { GAT(0, 2, rng); }) == "[gat] in must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { GAT(2, 2, rng, {.dropout = 1}); }) ==
             "[gat] dropout must be in [0, 1): 1");
  BOOST_TEST(thrown<Error>([&] { GATv2(2, 2, rng, {.heads = 0}); }) ==
             "[gatv2] heads must be at least 1, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
