// Copies between layouts against a loop over single numbers: every order of the axes, extents
// beside those of a block, gaps, steps backwards, and planes larger than a tile.
#include "autograd/kernels/strided_copy.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "autograd/threads.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Real;
using heed::Shape;
using heed::Strides;

// An array with room for all that its strides reach, and where its first number stands.
struct Side {
  Strides strides{};
  Index start = 0;
  Index room = 1;

  // The axes from outside to inside in `order`, with `gap` numbers between the innermost lines.
  Side(const Shape& shape, const std::vector<int>& order, Index gap) {
    Index step = 1;
    for (std::size_t i = order.size(); i-- > 0;) {
      strides[static_cast<std::size_t>(order[i])] = step;
      step = step * shape[order[i]] + (i + 1 == order.size() ? gap : 0);
    }
    room = step;
  }
  void turn_round(const Shape& shape, int axis) {
    Index& step = strides[static_cast<std::size_t>(axis)];
    start += step * (shape[axis] - 1);
    step = -step;
  }
  void repeat(int axis) { strides[static_cast<std::size_t>(axis)] = 0; }
};

void copy_one_by_one(const Shape& shape, const Side& to_side, Real* to, const Side& from_side,
                     const Real* from) {
  for (Index i = 0; i < shape.size(); ++i) {
    Index rest = i, at = to_side.start, source = from_side.start;
    for (int axis = shape.rank() - 1; axis >= 0; --axis) {
      const auto k = static_cast<std::size_t>(axis);
      at += rest % shape[axis] * to_side.strides[k];
      source += rest % shape[axis] * from_side.strides[k];
      rest /= shape[axis];
    }
    to[at] = from[source];
  }
}

// Nothing but the numbers of the result may change, so whole arrays are compared.
bool is_right(const Shape& shape, const Side& to_side, const Side& from_side) {
  std::vector<Real> from(static_cast<std::size_t>(from_side.room));
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<Real>(i);
  std::vector<Real> expected(static_cast<std::size_t>(to_side.room), -1), got = expected;
  copy_one_by_one(shape, to_side, expected.data(), from_side, from.data());
  heed::strided_copy(shape, got.data() + to_side.start, to_side.strides,
                     from.data() + from_side.start, from_side.strides);
  return got == expected;
}

std::vector<int> in_order(int rank) {
  std::vector<int> order;
  for (int axis = 0; axis < rank; ++axis) order.push_back(axis);
  return order;
}

template <class Check>
void for_orders(const Shape& shape, Check check) {
  std::vector<int> order = in_order(shape.rank());
  do {
    check(order);
  } while (std::next_permutation(order.begin(), order.end()));
}

const std::vector<Shape> small = {{},         {7},          {16, 16},       {17, 16},
                                  {16, 17},   {8, 8},       {4, 4},         {33, 50},
                                  {3, 70},    {70, 3},      {5, 16, 32},    {31, 1, 33},
                                  {2, 40, 3}, {40, 18, 20}, {2, 3, 17, 19}, {16, 2, 1, 35}};

}  // namespace

BOOST_AUTO_TEST_SUITE(strided_copy)

BOOST_AUTO_TEST_CASE(every_order_of_the_axes) {
  for (const Shape& shape : small) {
    for_orders(shape, [&](const std::vector<int>& order) {
      for (const Index gap : {0, 3}) {
        const Side plain(shape, in_order(shape.rank()), gap), moved(shape, order, gap);
        BOOST_TEST(is_right(shape, plain, moved), shape.str()
                                                      << " from another order, gap " << gap);
        BOOST_TEST(is_right(shape, moved, plain), shape.str() << " to another order, gap " << gap);
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(backwards_and_repeated) {
  for (const Shape& shape : small) {
    for_orders(shape, [&](const std::vector<int>& order) {
      const Side to(shape, in_order(shape.rank()), 0);
      for (int axis = 0; axis < shape.rank(); ++axis) {
        Side backwards(shape, order, 0), repeated = backwards;
        backwards.turn_round(shape, axis);
        repeated.repeat(axis);
        BOOST_TEST(is_right(shape, to, backwards), shape.str() << " backwards along " << axis);
        BOOST_TEST(is_right(shape, to, repeated), shape.str() << " repeated along " << axis);
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(planes_larger_than_a_tile) {
  heed::set_threads(2);
  for (const Shape& shape :
       {Shape{300, 200}, {5, 7001}, {7001, 5}, {40000, 20}, {20, 40000}, {100000}, {2, 100, 400}}) {
    for_orders(shape, [&](const std::vector<int>& order) {
      const Side to(shape, in_order(shape.rank()), 1), from(shape, order, 0);
      BOOST_TEST(is_right(shape, to, from), shape.str());
    });
  }
  heed::set_threads(1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
