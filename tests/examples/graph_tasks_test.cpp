#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <set>

#include "examples/study/train.h"
#include "examples/tasks/graphs/dictionary.h"
#include "examples/tasks/tasks.h"

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
