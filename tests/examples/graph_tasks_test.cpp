#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <set>

#include "attention/graph/gat.h"
#include "autograd/ops.h"
#include "examples/models/neighbours.h"
#include "examples/study/train.h"
#include "examples/tasks/graphs/dictionary.h"
#include "examples/tasks/graphs/graphs.h"
#include "examples/tasks/tasks.h"
#include "optim/adamw.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(graph_tasks)

std::set<std::vector<std::int32_t>> rows_of(const Indices& dictionaries) {
  std::set<std::vector<std::int32_t>> rows;
  for (auto at = dictionaries.values().begin(); at != dictionaries.values().end();
       at += dictionary_keys) {
    rows.insert({at, at + dictionary_keys});
  }
  return rows;
}

BOOST_AUTO_TEST_CASE(a_dictionary_gives_each_key_another_value) {
  Generator rng(1);
  std::set<std::int32_t> first;
  for (std::vector<std::int32_t> values : rows_of(draw_dictionaries(200, false, rng))) {
    first.insert(values[0]);
    std::ranges::sort(values);
    for (std::int32_t i = 0; i < dictionary_keys; ++i) {
      BOOST_REQUIRE(values[static_cast<std::size_t>(i)] == i);
    }
  }
  BOOST_TEST(first.size() == 8U);
}

// There are 40,320 dictionaries: a training meets nearly all of those that it may meet.
BOOST_AUTO_TEST_CASE(a_dictionary_of_the_test_is_never_trained_on) {
  Generator rng(2);
  const auto trained = rows_of(draw_dictionaries(20000, false, rng));
  const auto tested = rows_of(draw_dictionaries(2000, true, rng));
  BOOST_TEST(tested.size() > 1500U);
  for (const auto& row : tested) BOOST_REQUIRE(!trained.contains(row));
}

BOOST_AUTO_TEST_CASE(every_key_of_a_graph_goes_to_every_query_of_it) {
  const Indices edges = dictionary_edges(3);
  BOOST_REQUIRE(edges.shape() == (Shape{2, 3 * 64}));
  std::set<std::pair<std::int32_t, std::int32_t>> seen;
  for (Index e = 0; e < 192; ++e) {
    const std::int32_t from = edges[e], to = edges[192 + e];
    BOOST_REQUIRE(from / 16 == to / 16);
    BOOST_REQUIRE(from % 16 < 8);
    BOOST_REQUIRE(to % 16 >= 8);
    seen.emplace(from, to);
  }
  BOOST_TEST(seen.size() == 192U);
}

// The layer under test is the one that the run names.
BOOST_AUTO_TEST_CASE(gat_and_gatv2_are_built_by_their_names) {
  const study::Task& task = find("dictionary");
  const auto parameters = [&](const std::string& name) {
    Generator start(1);
    const auto made = task.make({.settings = task.settings, .name = name, .make_mixer = {}}, start);
    std::set<std::string> names;
    for (const Parameter& own : made->parameters()) names.insert(own.name);
    return names;
  };
  BOOST_TEST(parameters("gat").contains("attention.att_src"));
  BOOST_TEST(parameters("gatv2").contains("attention.lin_l.weight"));
}

std::set<std::pair<std::int32_t, std::int32_t>> pairs_of(const NodeGraph& graph) {
  std::set<std::pair<std::int32_t, std::int32_t>> pairs;
  const Index count = graph.edges.dim(1);
  for (Index e = 0; e < count; ++e) pairs.emplace(graph.edges[e], graph.edges[count + e]);
  return pairs;
}

// What is published of the club: 34 members of 78 friendships, 17 on each side; the instructor has
// 16 friends and the president 17.
BOOST_AUTO_TEST_CASE(the_karate_club_is_the_published_one) {
  const NodeGraph club = karate_graph();
  const auto pairs = pairs_of(club);
  BOOST_TEST(pairs.size() == 2U * 78U);
  std::vector<int> friends(34), side(2);
  for (const auto& [from, to] : pairs) {
    BOOST_REQUIRE(from != to);
    BOOST_REQUIRE(pairs.contains({to, from}));
    ++friends[static_cast<std::size_t>(to)];
  }
  for (const std::int32_t label : club.labels.values()) ++side[static_cast<std::size_t>(label)];
  BOOST_TEST(friends[0] == 16);
  BOOST_TEST(friends[33] == 17);
  BOOST_TEST(*std::ranges::min_element(friends) == 1);
  BOOST_TEST(side[0] == 17);
  for (const std::int32_t node : {0, 1}) BOOST_TEST(club.labels[node] == 0);
  for (const std::int32_t node : {32, 33}) BOOST_TEST(club.labels[node] == 1);
}

BOOST_AUTO_TEST_CASE(blocks_have_their_edges_inside) {
  Generator rng(3);
  double inside = 0, between = 0;
  std::vector<double> features(8);
  constexpr int graphs = 20;
  for (int g = 0; g < graphs; ++g) {
    const NodeGraph graph = draw_blocks(rng);
    BOOST_REQUIRE(graph.x.shape() == (Shape{120, 8}));
    BOOST_TEST(graph.labelled.size() == 15);
    for (const auto& [from, to] : pairs_of(graph)) {
      (from / 40 == to / 40 ? inside : between) += 0.5;  // each pair stands there both ways
    }
    for (Index node = 0; node < 40; ++node) {
      for (Index f = 0; f < 8; ++f) {
        features[static_cast<std::size_t>(f)] +=
            static_cast<double>(graph.x.data()[node * 8 + f]) / (40 * graphs);
      }
    }
  }
  // Of 3 * 780 and 3 * 1600 pairs a graph, within four standard deviations.
  BOOST_TEST(std::abs(inside / (graphs * 2340) - 0.15) < 0.0066);
  BOOST_TEST(std::abs(between / (graphs * 4800) - 0.02) < 0.0018);
  BOOST_TEST(std::abs(features[0] - std::sqrt(2)) < 0.15);
  for (std::size_t f = 1; f < 8; ++f) BOOST_TEST(std::abs(features[f]) < 0.15);
}

// With weights that are all alike the layers are what stands in their place.
BOOST_AUTO_TEST_CASE(taken_out_a_graph_layer_is_the_mean_of_the_neighbours) {
  Generator rng(4);
  const NodeGraph graph = draw_blocks(rng);
  const auto check = [&](const auto& layer) {
    const Tensor mean = models::mean_of_neighbours(layer, graph.x, graph.edges);
    double apart = static_cast<double>(max(abs(layer(graph.x, graph.edges) - mean)).item());
    BOOST_TEST(apart > 0.01);
    for (const Parameter& own : layer.parameters()) {
      if (own.name.starts_with("att")) own.value.assign(Tensor::zeros(own.value.shape()));
    }
    apart = static_cast<double>(max(abs(layer(graph.x, graph.edges) - mean)).item());
    BOOST_TEST(apart < 1e-5);
  };
  check(attention::GAT(8, 4, rng, {.heads = 2}));
  check(attention::GATv2(8, 4, rng, {.heads = 2}));
}

// The floor of `blocks`: without edges a graph layer is a linear one, and two are an MLP.
BOOST_AUTO_TEST_CASE(an_mlp_reaches_the_floor_of_blocks) {
  const study::Task& task = find("blocks");
  double total = 0;
  constexpr int graphs = 20;
  for (std::uint64_t seed = 1; seed <= graphs; ++seed) {
    Generator rng(seed);
    NodeGraph graph = draw_blocks(rng);
    graph.edges = Indices(Shape{2, 0}, {});
    const auto mlp = study_of_nodes(graph, 1, {.settings = task.settings, .name = "gat",
                                               .make_mixer = {}}, rng);
    optim::AdamW optimizer(mlp->parameters(), {.lr = 0.01});
    for (int step = 0; step < 100; ++step) {
      optimizer.zero_grad();
      mlp->loss().backward();
      optimizer.step();
    }
    total += mlp->score() / graphs;
  }
  BOOST_TEST_MESSAGE("MLP on the features: " << total);
  BOOST_TEST(std::abs(total - task.floor) < 0.03);
}

BOOST_AUTO_TEST_CASE(nodes_with_a_label_are_not_asked) {
  for (const char* name : {"karate", "blocks"}) {
    const study::Task& task = find(name);
    Generator start(1), rng(2);
    const auto made = task.make({.settings = task.settings, .name = "gatv2", .make_mixer = {}},
                                start);
    study::Overlap overlap;
    made->draw(0, study::Split::train, rng);
    overlap.trained(made->samples());
    made->draw(0, study::Split::test, rng);
    overlap.tested(made->samples());
    BOOST_TEST(overlap.count() == 0);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
