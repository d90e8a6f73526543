// The generators of the tasks on scores, on smoothing, and on looking or knowing.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>

#include "autograd/ops.h"
#include "examples/tasks/sequences/look_or_know.h"
#include "examples/tasks/sets/regression.h"
#include "examples/tasks/sets/scores.h"
#include "examples/tasks/tasks.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(score_tasks)

constexpr Index width = 26, key_width = width - score_payloads;

double dot(const Real* a, const Real* b, Index count) {
  double sum = 0;
  for (Index i = 0; i < count; ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

struct Sample {
  const Real* query;
  const Real* items;
  const Real* key(Index j) const { return items + j * width; }
};

Sample sample_of(const ScoreBatch& batch, Index b) {
  return {batch.query.data() + b * width, batch.items.data() + b * score_items * width};
}

BOOST_AUTO_TEST_CASE(every_item_has_one_payload_and_the_label_is_that_of_the_meant_one) {
  constexpr Index count = 300;
  Generator rng(1);
  const ScoreBatch batch = draw_scores(count, width, ask_rotated, rng);
  std::set<std::int32_t> meant, labels;
  for (Index b = 0; b < count; ++b) {
    const Sample sample = sample_of(batch, b);
    for (Index j = 0; j < score_items; ++j) {
      const Real* payload = sample.key(j) + key_width;
      const auto held = std::max_element(payload, payload + score_payloads) - payload;
      double total = 0;
      for (Index p = 0; p < score_payloads; ++p) total += static_cast<double>(payload[p]);
      BOOST_REQUIRE(std::abs(total - payload_scale) < 1e-7);
      BOOST_REQUIRE(std::abs(static_cast<double>(payload[held]) - payload_scale) < 1e-7);
      if (j == batch.meant[b]) BOOST_REQUIRE(held == batch.label[b]);
    }
    for (Index p = key_width; p < width; ++p) BOOST_REQUIRE(sample.query[p] == 0);
    meant.insert(batch.meant[b]);
    labels.insert(batch.label[b]);
  }
  BOOST_TEST(meant.size() == static_cast<std::size_t>(score_items));
  BOOST_TEST(labels.size() == static_cast<std::size_t>(score_payloads));
}

BOOST_AUTO_TEST_CASE(queries_mean_what_they_say) {
  constexpr Index count = 200;
  Generator rng(2);
  const ScoreBatch turned = draw_scores(count, width, ask_rotated, rng),
                   along = draw_scores(count, width, ask_direction, rng),
                   close = draw_scores(count, width, ask_near, rng),
                   placed = draw_scores(count, width, ask_slot, rng);
  int by_cosine = 0, by_dot = 0;
  for (Index b = 0; b < count; ++b) {
    const Sample rotated = sample_of(turned, b);
    const Real* key = rotated.key(turned.meant[b]);
    for (Index c = 0; c < key_width; ++c) {
      BOOST_REQUIRE(rotated.query[(c + 1) % key_width] == key[c]);
    }
    const Sample direction = sample_of(along, b);
    Index best_cosine = 0, best_dot = 0;
    double cosine = -2, product = -1e9;
    for (Index j = 0; j < score_items; ++j) {
      const double with = dot(direction.query, direction.key(j), key_width);
      const double length = std::sqrt(dot(direction.key(j), direction.key(j), key_width));
      if (with / length > cosine) cosine = with / length, best_cosine = j;
      if (with > product) product = with, best_dot = j;
    }
    by_cosine += best_cosine == along.meant[b] ? 1 : 0;
    by_dot += best_dot == along.meant[b] ? 1 : 0;
    const Sample plane = sample_of(close, b);
    const Real* point = plane.key(close.meant[b]);
    BOOST_REQUIRE(std::abs(static_cast<double>(plane.query[0] - point[0])) < 0.3);
    BOOST_REQUIRE(plane.query[2] == 0);
    BOOST_REQUIRE(point[2] == 0);
    const Sample place = sample_of(placed, b);
    for (Index c = 0; c < key_width; ++c) {
      BOOST_REQUIRE(place.query[c] == (c == placed.meant[b] ? 1 : 0));
    }
  }
  BOOST_TEST(by_cosine > 0.97 * count);  // the direction tells
  BOOST_TEST(by_dot < 0.8 * count);      // and the length misleads
}

BOOST_AUTO_TEST_CASE(a_width_without_room_for_keys_is_refused) {
  Generator rng(3);
  BOOST_CHECK_THROW(draw_scores(1, 11, ask_rotated, rng), ValueError);
  BOOST_CHECK_THROW(draw_scores(1, 21, ask_slot, rng), ValueError);
}

BOOST_AUTO_TEST_CASE(points_lie_about_the_curve) {
  constexpr Index count = 400;
  Generator rng(4);
  const CurveBatch drawn = draw_curves(count, rng);
  double squares = 0, sum = 0;
  for (Index i = 0; i < drawn.x.size(); ++i) {
    const auto x = static_cast<double>(drawn.x.data()[i]);
    BOOST_REQUIRE((x >= 0 && x < 5));
    const double off = static_cast<double>(drawn.y.data()[i]) - true_curve(x);
    sum += off;
    squares += off * off;
  }
  const auto points = static_cast<double>(drawn.x.size());  // 16,000
  BOOST_TEST(std::abs(sum / points) < 4 * 0.5 / std::sqrt(points));
  BOOST_TEST(std::abs(squares / points - 0.25) < 4 * 0.25 * std::sqrt(2 / points));
  BOOST_TEST(true_curve(0) == 0);
  BOOST_TEST(std::abs(true_curve(1.5707963267948966) - 3.5707963267948966) < 1e-12);
}

BOOST_AUTO_TEST_CASE(smoother_and_line_are_what_they_are_called) {
  Generator rng(5);
  const CurveBatch drawn = draw_curves(200, rng);
  const double floor = find("regression").floor;
  BOOST_TEST(std::abs(error_of_smoother(drawn, 1e4) - floor) < 0.2 * floor);  // the mean
  BOOST_TEST(error_of_smoother(drawn, 0.3) < 0.1);
  BOOST_TEST(error_of_line(drawn) > 3 * error_of_smoother(drawn, 0.3));
  // Points on a line, asked where they are: nothing is left but the curve's own distance from it.
  CurveBatch exact = drawn;
  exact.y = drawn.x * 2.0;
  double distance = 0;
  for (const Real at : exact.at.values()) {
    const double off = 2 * static_cast<double>(at) - true_curve(static_cast<double>(at));
    distance += off * off / static_cast<double>(exact.at.size());
  }
  BOOST_TEST(std::abs(error_of_line(exact) - distance) < 1e-4);
}

BOOST_AUTO_TEST_CASE(half_of_the_answers_are_known_by_heart) {
  constexpr Index count = 200;
  Generator rng(6);
  const LookBatch drawn = draw_looks(count, rng);
  int known = 0;
  std::set<std::int32_t> seen;
  for (Index i = 0; i < count * look_length; ++i) {
    const std::int32_t token = drawn.tokens[i], label = drawn.labels[i];
    seen.insert(token);
    const bool by_heart = token >= look_slots;
    BOOST_REQUIRE((drawn.known[static_cast<std::size_t>(i)] == 1) == by_heart);
    known += by_heart ? 1 : 0;
    if (by_heart) {
      BOOST_REQUIRE(label == (3 * (token - look_slots) + 1) % look_values);
    } else {
      BOOST_REQUIRE(label == drawn.source[i / look_length * look_slots + token]);
    }
  }
  BOOST_TEST(seen.size() == static_cast<std::size_t>(look_slots + look_values));
  BOOST_TEST(std::abs(known - 1600) < 4 * 29);  // 4 sigma
}

BOOST_AUTO_TEST_CASE(samples_are_a_function_of_the_seed) {
  Generator one(7), again(7), other(8);
  const Tensor a = draw_scores(4, width, ask_near, one).items,
               b = draw_scores(4, width, ask_near, again).items,
               c = draw_scores(4, width, ask_near, other).items;
  BOOST_TEST(std::ranges::equal(a.values(), b.values()));
  BOOST_TEST(!std::ranges::equal(a.values(), c.values()));
  BOOST_TEST(std::ranges::equal(draw_curves(3, one).y.values(), draw_curves(3, again).y.values()));
  BOOST_TEST(std::ranges::equal(draw_looks(3, one).tokens.values(),
                                draw_looks(3, again).tokens.values()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
