// Axial attention: the checks of its row beyond the laws.
#include <boost/test/unit_test.hpp>

#include "attention/sparse/axial.h"
#include "autograd/ops.h"
#include "tests/attention/sparse_work.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index channels = 6;

// first and second: 1 along rows, 2 along columns, 0 none.
Subject axial(Index columns, int first, int second, bool summed = false) {
  return Subject(find("axial"), {.width = channels, .heads = 2}, false,
                 {{"columns", static_cast<double>(columns)},
                  {"first", first},
                  {"second", second},
                  {"summed", summed ? 1 : 0}});
}

Subject full_attention() { return Subject(find("multihead"), {.width = channels, .heads = 2}); }

// Cell (r, c) of a grid of these columns becomes cell (c, r).
std::vector<std::int32_t> transposition(Index rows, Index columns) {
  std::vector<std::int32_t> order;
  for (Index c = 0; c < columns; ++c) {
    for (Index r = 0; r < rows; ++r) order.push_back(static_cast<std::int32_t>(r * columns + c));
  }
  return order;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(axial_attention)

BOOST_AUTO_TEST_CASE(axial_over_one_row_is_full_attention) {
  const Tensor x = sample({2, 9, channels}, 1);
  const Tensor full = full_attention()(x);
  BOOST_TEST(distance(axial(9, 1, 0)(x), full) < 1e-12);
  BOOST_TEST(distance(axial(1, 2, 0)(x), full) < 1e-12);  // a column is one, too
  BOOST_TEST(distance(axial(3, 1, 0)(x), full) > 1e-4);
}

BOOST_AUTO_TEST_CASE(columns_are_rows_of_the_transposed_grid) {
  constexpr Index rows = 3, columns = 5;
  const Tensor x = sample({2, rows * columns, channels}, 2);
  const std::vector<std::int32_t> turned = transposition(rows, columns);
  const Tensor along_columns = axial(columns, 2, 0)(x);
  const Tensor along_rows = axial(rows, 1, 0)(permuted(x, turned));
  BOOST_TEST(distance(permuted(along_columns, turned), along_rows) < 1e-12);
}

BOOST_AUTO_TEST_CASE(one_pass_sees_its_line_and_two_see_all) {
  constexpr Index rows = 3, columns = 4, cells = rows * columns;
  const Tensor x = sample({1, cells, channels}, 3);
  const auto seen = [&](const Subject& subject) {
    return influence([&](const Tensor& leaf) { return subject(leaf); }, x);
  };
  const Influence row = seen(axial(columns, 1, 0)), column = seen(axial(columns, 2, 0)),
                  both = seen(axial(columns, 1, 2)), twice = seen(axial(columns, 1, 1)),
                  sum = seen(axial(columns, 1, 2, true));
  for (Index i = 0; i < cells; ++i) {
    for (Index j = 0; j < cells; ++j) {
      const auto at = [&](const Influence& from) {
        return from[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)] != 0;
      };
      const bool same_row = i / columns == j / columns, same_column = i % columns == j % columns;
      BOOST_TEST(at(row) == same_row);
      BOOST_TEST(at(column) == same_column);
      BOOST_TEST(at(twice) == same_row);
      BOOST_TEST(at(sum) == (same_row || same_column));
      BOOST_TEST(at(both));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_columns_does_not_matter_to_a_row) {
  const Tensor x = sample({2, 8, channels}, 4);
  const std::vector<std::int32_t> order{2, 0, 3, 1, 6, 4, 7, 5};  // the same in both rows
  const Subject row = axial(4, 1, 0);
  BOOST_TEST(distance(row(permuted(x, order)), permuted(row(x), order)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(axial_is_full_attention_with_a_mask_of_lines) {
  const Tensor x = sample({2, 11, channels}, 5);  // the last row lacks a cell
  for (const Along axis : {Along::rows, Along::columns}) {
    const Subject pass = axial(4, axis == Along::rows ? 1 : 2, 0);
    const Mask lines = along(axis, 4).expand(11, 11);
    BOOST_TEST(furthest(values_and_gradients(pass, {.x = x}),
                        values_and_gradients(full_attention(), {.x = x, .mask = lines})) < 1e-10);
  }
}

// Forward 2, backward 5 multiply-adds a channel and entry.
BOOST_AUTO_TEST_CASE(axial_costs_what_its_lines_hold) {
  constexpr Index rows = 8, columns = 16, cells = rows * columns;
  constexpr Index entries = cells * (rows + columns);
  BOOST_TEST(along(Along::rows, columns).entries(cells, cells) == cells * columns);
  BOOST_TEST(along(Along::columns, columns).entries(cells, cells) == cells * rows);
  const Work work = work_of(axial(columns, 1, 2), cells, channels, 2);
  BOOST_TEST(work.forward == static_cast<std::uint64_t>(2 * entries * channels));
  BOOST_TEST(work.backward == static_cast<std::uint64_t>(5 * entries * channels));
}

// What is kept for the backward pass grows with the cells, not with their pairs.
BOOST_AUTO_TEST_CASE(axial_keeps_no_matrix) {
  const auto kept = [](Index side) {
    return static_cast<double>(work_of(axial(side, 1, 2), side * side, channels, 2).kept);
  };
  BOOST_TEST(kept(32) / kept(8) < 17);  // 16 times the cells, 256 times the pairs
  BOOST_TEST(kept(32) / (32 * 32 * channels * sizeof(Real)) < 20);
}

// What law U10 asks of batch rows: the heads of the two passes do mix.
BOOST_AUTO_TEST_CASE(pictures_of_a_batch_are_independent) {
  const Tensor x = sample({3, 12, channels}, 9);
  const Subject both = axial(4, 1, 2);
  const Tensor together = both(x);
  for (Index b = 0; b < 3; ++b) {
    BOOST_TEST(distance(both(slice(x, 0, b, b + 1)), slice(together, 0, b, b + 1)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(axial_refuses_what_is_no_grid) {
  Generator rng(1);
  const auto text = [](const char* wanted) {
    return [wanted](const ValueError& error) { return std::string(error.what()) == wanted; };
  };
  BOOST_CHECK_EXCEPTION(Axial({.width = 4, .columns = 0}, rng), ValueError,
                        text("[axial] a grid has at least one column: 0"));
  BOOST_CHECK_EXCEPTION(Axial({.width = 4, .axes = {}}, rng), ValueError,
                        text("[axial] there must be at least one axis"));
  BOOST_CHECK_EXCEPTION(axial(4, 3, 0), ValueError,
                        text("[axial] first must be 1 (along rows) or 2 (along columns): 3"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
