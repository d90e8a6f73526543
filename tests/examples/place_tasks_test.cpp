// The generators of the tasks on content and location.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "examples/tasks/sets/places.h"

namespace heed::tasks {
namespace {

constexpr auto keys = static_cast<std::int32_t>(place_keys);
constexpr Index rows = 200;

// In both tasks: distinct keys, and the label is the value of the item meant; a question by key
// names its key. Says how many go by place.
int check_rows(const PlaceBatch& batch) {
  int by_place = 0;
  std::set<std::int32_t> meant;
  for (Index b = 0; b < rows; ++b) {
    std::set<std::int32_t> distinct;
    for (Index t = 0; t < place_items; ++t) {
      const Index question = b * place_items + t, item = b * place_items + batch.meant[question];
      distinct.insert(batch.keys[question]);
      meant.insert(batch.meant[question]);
      BOOST_REQUIRE(batch.labels[question] == batch.values[item]);
      if (batch.asked[question] < keys) {
        BOOST_REQUIRE(batch.asked[question] == batch.keys[item]);
      } else {
        by_place += 1;
      }
    }
    BOOST_REQUIRE(distinct.size() == static_cast<std::size_t>(place_items));
  }
  BOOST_TEST(meant.size() == static_cast<std::size_t>(place_items));
  return by_place;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(place_tasks)

BOOST_AUTO_TEST_CASE(a_slot_counts_from_the_start) {
  Generator rng(1);
  const PlaceBatch batch = draw_places(rows, ask_slot_or_key, rng);
  const int by_place = check_rows(batch);
  BOOST_TEST(std::abs(by_place - 1600) < 4 * 29);  // 4 sigma
  for (Index i = 0; i < batch.asked.size(); ++i) {
    if (batch.asked[i] >= keys) BOOST_REQUIRE(batch.asked[i] - keys == batch.meant[i]);
  }
}

BOOST_AUTO_TEST_CASE(a_step_counts_from_the_item_before) {
  Generator rng(2);
  const PlaceBatch batch = draw_places(rows, ask_step_or_key, rng);
  const int by_place = check_rows(batch);
  BOOST_TEST(by_place > 1000);  // fewer than half: a row ends, and the first has none before it
  std::set<std::int32_t> steps;
  for (Index i = 0; i < batch.asked.size(); ++i) {
    if (i % place_items == 0) BOOST_REQUIRE(batch.asked[i] < keys);
    if (batch.asked[i] < keys) continue;
    const std::int32_t step = batch.asked[i] - keys + 1;
    BOOST_REQUIRE(batch.meant[i] == batch.meant[i - 1] + step);
    steps.insert(step);
  }
  BOOST_TEST((steps == std::set<std::int32_t>{1, 2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed::tasks
