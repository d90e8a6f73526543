// Indices and Masks: cut, joined, compared, converted, by values written out.
#include "autograd/indices_ops.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

#include "autograd/ops.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using heed::Indices;
using heed::Mask;
using heed::Real;
using heed::Shape;
using heed::Tensor;
using Ids = std::vector<int>;

Ids numbers(const Indices& x) { return {x.values().begin(), x.values().end()}; }
Ids numbers(const Mask& x) { return {x.values().begin(), x.values().end()}; }

const Indices table({2, 3}, {1, 2, 3, 4, 5, 6});

BOOST_AUTO_TEST_SUITE(indices)

BOOST_AUTO_TEST_CASE(extents) {
  BOOST_TEST(table.dim(0) == 2);
  BOOST_TEST(table.dim(-1) == 3);
  BOOST_TEST((table > 3).dim(-1) == 3);
}

BOOST_AUTO_TEST_CASE(slices) {
  BOOST_TEST(numbers(heed::slice(table, 0, 1, 2)) == (Ids{4, 5, 6}));
  BOOST_TEST(numbers(heed::slice(table, 1, 0, 2)) == (Ids{1, 2, 4, 5}));
  BOOST_TEST(numbers(heed::slice(table, -1, -1, -4, -2)) == (Ids{3, 1, 6, 4}));
  BOOST_TEST((heed::slice(table, 1, 1, 1).shape() == Shape{2, 0}));
  const Mask mask({4}, {1, 0, 0, 1});
  BOOST_TEST(numbers(heed::slice(mask, 0, 2, 4)) == (Ids{0, 1}));
  BOOST_TEST(thrown<heed::ShapeError>([] { heed::slice(table, 1, 1, 5); }) ==
             "[slice] 1:5:1 does not lie inside axis 1 of shape (2, 3)");
  BOOST_TEST(thrown<heed::ValueError>([] { heed::slice(Mask(), 0, 0, 0); }) ==
             "[slice] a mask is undefined");
}

BOOST_AUTO_TEST_CASE(joined) {
  const Indices column({2, 1}, {7, 8});
  const Indices wide = heed::concat({table, column}, 1);
  BOOST_TEST((wide.shape() == Shape{2, 4}));
  BOOST_TEST(numbers(wide) == (Ids{1, 2, 3, 7, 4, 5, 6, 8}));
  BOOST_TEST(numbers(heed::concat({table, table}, 0)) == (Ids{1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6}));
  const Indices a({2}, {1, 2}), b({2}, {3, 4});
  BOOST_TEST(numbers(heed::stack({a, b}, 0)) == (Ids{1, 2, 3, 4}));
  const Indices pairs = heed::stack({a, b}, -1);
  BOOST_TEST((pairs.shape() == Shape{2, 2}));
  BOOST_TEST(numbers(pairs) == (Ids{1, 3, 2, 4}));
  const Mask yes({1}, {1}), no({1}, {0});
  BOOST_TEST(numbers(heed::concat({yes, no}, 0)) == (Ids{1, 0}));
  BOOST_TEST((heed::stack({yes, no}, 1).shape() == Shape{1, 2}));
}

BOOST_AUTO_TEST_CASE(what_does_not_join) {
  BOOST_TEST(thrown<heed::ShapeError>([] { heed::concat({table, Indices({1, 2}, {1, 2})}, 0); }) ==
             "[concat] part 1 of shape (1, 2) does not join (2, 3) along axis 0");
  BOOST_TEST(thrown<heed::ShapeError>([] { heed::stack({table, Indices({1}, {1})}, 0); }) ==
             "[stack] part 1 of shape (1) beside (2, 3)");
  BOOST_TEST(thrown<heed::ShapeError>([] { heed::stack({table}, 4); }) ==
             "[stack] no place 4 among the axes of (2, 3)");
  BOOST_TEST(thrown<heed::ValueError>([] { heed::concat(std::vector<Indices>{}, 0); }) ==
             "[concat] of no parts");
  BOOST_TEST(thrown<heed::ValueError>([] { heed::stack(std::vector<Mask>{}, 0); }) ==
             "[stack] of no parts");
  BOOST_TEST(thrown<heed::ValueError>([] { heed::concat({Mask({1}, {1}), Mask()}, 0); }) ==
             "[concat] a mask is undefined");
}

BOOST_AUTO_TEST_CASE(compared) {
  const Indices row({3}, {4, 2, 3}), column({2, 1}, {2, 5});
  BOOST_TEST(numbers(heed::eq(table, row)) == (Ids{0, 1, 1, 1, 0, 0}));
  BOOST_TEST(numbers(heed::ne(table, row)) == (Ids{1, 0, 0, 0, 1, 1}));
  BOOST_TEST(numbers(table > column) == (Ids{0, 0, 1, 0, 0, 1}));
  BOOST_TEST(numbers(table < column) == (Ids{1, 0, 0, 1, 0, 0}));
  BOOST_TEST(numbers(table >= row) == (Ids{0, 1, 1, 1, 1, 1}));
  BOOST_TEST(numbers(table <= row) == (Ids{1, 1, 1, 1, 0, 0}));
  const Mask outer = row > column;  // (3) and (2, 1)
  BOOST_TEST((outer.shape() == Shape{2, 3}));
  BOOST_TEST(numbers(outer) == (Ids{1, 0, 1, 0, 0, 0}));
  BOOST_TEST(numbers(table > 4) == (Ids{0, 0, 0, 0, 1, 1}));
  BOOST_TEST(numbers(table < 3) == (Ids{1, 1, 0, 0, 0, 0}));
  BOOST_TEST(numbers(table >= 4) == (Ids{0, 0, 0, 1, 1, 1}));
  BOOST_TEST(numbers(table <= 1) == (Ids{1, 0, 0, 0, 0, 0}));
  BOOST_TEST(numbers(heed::eq(table, 2)) == (Ids{0, 1, 0, 0, 0, 0}));
  BOOST_TEST(numbers(heed::ne(table, 2)) == (Ids{1, 0, 1, 1, 1, 1}));
  BOOST_TEST(numbers((table > 1) & !(table > 4) & heed::ne(table, row)) == (Ids{0, 0, 0, 0, 0, 0}));
  BOOST_TEST((heed::eq(Indices(), 1).shape() == Shape{0}));
  BOOST_TEST(thrown<heed::ShapeError>([&] { heed::eq(table, Indices({2}, {1, 2})); }) ==
             "[eq] shapes (2, 3) and (2) do not broadcast: 3 vs 2 in axis -1");
}

BOOST_AUTO_TEST_CASE(converted) {
  BOOST_TEST(numbers(heed::to_indices(heed::to_tensor(table))) == numbers(table));
  BOOST_TEST((heed::to_tensor(table).shape() == table.shape()));
  BOOST_TEST(heed::to_tensor(table).data()[4] == 5);
  BOOST_TEST(numbers(heed::to_indices(Tensor({2}, {-3, 0}))) == (Ids{-3, 0}));
  BOOST_TEST(thrown<heed::ValueError>([] { heed::to_indices(Tensor({2}, {1, Real(0.5)})); }) ==
             "[to_indices] 0.5 at position 1 is no whole number of 32 bits");
  BOOST_CHECK_THROW(heed::to_indices(Tensor::scalar(static_cast<Real>(std::nan("")))),
                    heed::ValueError);
  BOOST_CHECK_THROW(heed::to_indices(Tensor::scalar(3e9)), heed::ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
