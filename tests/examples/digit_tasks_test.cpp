#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "examples/study/overlap.h"
#include "examples/tasks/pictures/marked_cell.h"
#include "examples/tasks/sets/bags.h"

namespace heed::tasks {
namespace {

BOOST_AUTO_TEST_SUITE(digit_tasks)

// Twenty images: of digit d, all pixels are (d + 1) / 100, so that a cell shows its digit.
data::Digits made_up_digits() {
  data::Digits digits;
  for (std::int32_t i = 0; i < 20; ++i) {
    digits.labels.push_back(i % 10);
    digits.images.insert(digits.images.end(), data::Digits::pixels,
                         static_cast<Real>(i % 10 + 1) / 100);
  }
  return digits;
}

std::int32_t digit_shown(const Real* cell) {
  return static_cast<std::int32_t>(std::lround(cell[10] * 100)) - 1;  // a pixel inside
}

BOOST_AUTO_TEST_CASE(one_cell_is_marked_and_asked) {
  constexpr Index batch = 200, pixels = data::Digits::pixels;
  Generator rng(1);
  const CellBatch drawn = draw_cells(batch, made_up_digits(), rng);
  BOOST_REQUIRE(drawn.cells.shape() == (Shape{batch, marked_cells, pixels}));
  std::vector<int> counts(9);
  for (Index b = 0; b < batch; ++b) {
    for (Index c = 0; c < marked_cells; ++c) {
      const Real* cell = drawn.cells.data() + (b * marked_cells + c) * pixels;
      const bool inked = cell[0] == 1 && cell[7] == 1 && cell[56] == 1 && cell[63] == 1;
      BOOST_REQUIRE(inked == (c == drawn.marked[b]));
      if (inked) BOOST_REQUIRE(digit_shown(cell) == drawn.labels[b]);
    }
    ++counts[static_cast<std::size_t>(drawn.marked[b])];
  }
  for (const int count : counts) BOOST_TEST(count > 5);
}

// Twenty images whose pixels say where they stood, and of which digit.
data::Digits numbered_digits() {
  data::Digits digits = made_up_digits();
  for (std::size_t i = 0; i < digits.images.size(); ++i) {
    const auto digit = static_cast<std::size_t>(digits.labels[i / 64]);
    digits.images[i] = static_cast<Real>(i % 64 + 64 * digit);
  }
  return digits;
}

BOOST_AUTO_TEST_CASE(one_cell_is_whole_and_the_others_are_in_quarters) {
  constexpr Index batch = 100, pixels = data::Digits::pixels;
  Generator rng(3);
  const CellBatch drawn = draw_cluttered_cells(batch, numbered_digits(), rng);
  Index same_label = 0;
  for (Index b = 0; b < batch; ++b) {
    for (Index c = 0; c < marked_cells; ++c) {
      const Real* cell = drawn.cells.data() + (b * marked_cells + c) * pixels;
      std::vector<Index> places;
      for (Index i = 0; i < pixels; ++i) places.push_back(static_cast<Index>(cell[i]) % 64);
      // Inside each quarter rows and columns are as they were.
      for (Index i = 0; i < pixels; ++i) {
        const Index corner = i / 32 * 32 + i % 8 / 4 * 4;
        BOOST_REQUIRE(places[static_cast<std::size_t>(i)] - i ==
                      places[static_cast<std::size_t>(corner)] - corner);
      }
      BOOST_REQUIRE(std::ranges::is_sorted(places) == (c == drawn.marked[b]));
      std::ranges::sort(places);
      BOOST_REQUIRE(places.back() == 63);
      const auto digit = static_cast<std::int32_t>(cell[0]) / 64;
      if (c == drawn.marked[b]) BOOST_REQUIRE(digit == drawn.labels[b]);
      if (c != drawn.marked[b]) same_label += digit == drawn.labels[b] ? 1 : 0;
    }
  }
  // The other cells say nothing of the answer: one in ten, within four standard deviations.
  BOOST_TEST(std::abs(static_cast<double>(same_label) / (batch * 8) - 0.1) < 0.042);
}

BOOST_AUTO_TEST_CASE(positive_bags_hold_one_nine) {
  constexpr Index batch = 2000, pixels = data::Digits::pixels;
  Generator rng(2);
  const BagBatch bags = draw_bags(batch, made_up_digits(), rng);
  double sizes = 0, positives = 0;
  for (Index b = 0; b < batch; ++b) {
    const Index size = bags.sizes[static_cast<std::size_t>(b)];
    BOOST_REQUIRE(size >= smallest_bag);
    BOOST_REQUIRE(size <= largest_bag);
    Index nines = 0;
    for (Index i = 0; i < largest_bag; ++i) {
      const Real* instance = bags.instances.data() + (b * largest_bag + i) * pixels;
      if (i >= size) {
        BOOST_REQUIRE(instance[10] == 0);
        continue;
      }
      const bool nine = digit_shown(instance) == key_digit;
      nines += nine ? 1 : 0;
      BOOST_REQUIRE(nine == (i == bags.key[b]));
    }
    BOOST_REQUIRE(nines == bags.labels[b]);
    sizes += static_cast<double>(size);
    positives += bags.labels[b];
  }
  BOOST_TEST(std::abs(sizes / batch - 10) < 0.2);
  BOOST_TEST(std::abs(positives / batch - 0.5) < 0.045);  // 4 sigma
}

BOOST_AUTO_TEST_CASE(area_under_the_curve_by_hand) {
  BOOST_TEST(area_under_curve({1, 2, 3, 4}, {0, 0, 1, 1}) == 1.0);
  BOOST_TEST(area_under_curve({4, 3, 2, 1}, {0, 0, 1, 1}) == 0.0);
  BOOST_TEST(area_under_curve({1, 1, 1, 1}, {0, 1, 0, 1}) == 0.5);
  BOOST_TEST(area_under_curve({1, 3, 2, 4}, {0, 0, 1, 1}) == 0.75);
  BOOST_TEST(area_under_curve({1, 2, 2}, {0, 0, 1}) == 0.75);  // a tie counts half
  BOOST_CHECK_THROW(area_under_curve({1, 2}, {1, 1}), ValueError);
}

BOOST_AUTO_TEST_CASE(overlap_counts_rows_that_were_seen) {
  study::Overlap overlap;
  const Indices seen({2, 3}, {1, 2, 3, 4, 5, 6}), asked({3, 3}, {4, 5, 6, 1, 2, 4, 1, 2, 3});
  overlap.trained(seen);
  overlap.tested(asked);
  BOOST_TEST(overlap.count() == 2);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed::tasks
