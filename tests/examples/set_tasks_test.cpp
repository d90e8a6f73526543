#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "examples/tasks/sets/directions.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(set_tasks)

// The number at place i of a row of `width`.
double at(const Tensor& x, Index row, Index i) {
  return static_cast<double>(x.data()[row * direction_width + i]);
}
double product(const Tensor& a, Index of_a, const Tensor& b, Index of_b) {
  double sum = 0;
  for (Index i = 0; i < direction_axes; ++i) sum += at(a, of_a, i) * at(b, of_b, i);
  return sum;
}

BOOST_AUTO_TEST_CASE(a_query_points_where_its_item_points) {
  constexpr Index batch = 400;
  Generator rng(1);
  const DirectionBatch drawn = draw_directions(batch, rng);
  BOOST_REQUIRE(drawn.queries.shape() == (Shape{batch, 1, direction_width}));
  BOOST_REQUIRE(drawn.items.shape() == (Shape{batch, direction_items, direction_width}));
  Index by_angle = 0, by_product = 0;
  double logs = 0, squares = 0;
  std::set<std::int32_t> asked, labels;
  for (Index b = 0; b < batch; ++b) {
    Index nearest = 0, largest = 0;
    double best_angle = -2, best_product = -1e9;
    for (Index i = 0; i < direction_items; ++i) {
      const Index item = b * direction_items + i;
      const double length = std::sqrt(product(drawn.items, item, drawn.items, item));
      const double found = product(drawn.queries, b, drawn.items, item);
      if (found / length > best_angle) best_angle = found / length, nearest = i;
      if (found > best_product) best_product = found, largest = i;
      logs += std::log(length);
      squares += std::log(length) * std::log(length);
      double payload = 0;
      for (Index p = 0; p < direction_payloads; ++p) {
        payload += at(drawn.items, item, direction_axes + p);
      }
      BOOST_REQUIRE(payload == 1);
    }
    for (Index p = 0; p < direction_payloads; ++p) {
      BOOST_REQUIRE(at(drawn.queries, b, direction_axes + p) == 0);
    }
    by_angle += nearest == drawn.asked[b] ? 1 : 0;
    by_product += largest == drawn.asked[b] ? 1 : 0;
    const Index item = b * direction_items + drawn.asked[b];
    BOOST_REQUIRE(at(drawn.items, item, direction_axes + drawn.labels[b]) == 1);
    asked.insert(drawn.asked[b]);
    labels.insert(drawn.labels[b]);
  }
  BOOST_TEST(by_angle >= 0.99 * batch);    // the angle tells
  BOOST_TEST(by_product <= 0.85 * batch);  // the product alone does not
  BOOST_TEST(asked.size() == 12U);
  BOOST_TEST(labels.size() == 10U);
  constexpr double count = batch * direction_items;
  BOOST_TEST(std::abs(logs / count) < 4 / std::sqrt(count));  // lengths are e^N(0, 1)
  BOOST_TEST(std::abs(squares / count - 1) < 4 * std::sqrt(2 / count));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
