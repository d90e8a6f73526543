// Order where numbers are equal, or are none.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "autograd/ops.h"
#include "autograd/random.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using heed::Indices;
using heed::Real;
using heed::Shape;
using heed::Tensor;
using Numbers = std::vector<double>;
using Places = std::vector<int>;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

Numbers numbers(const Tensor& x) { return {x.values().begin(), x.values().end()}; }
Places places(const Indices& x) { return {x.values().begin(), x.values().end()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(order)

BOOST_AUTO_TEST_CASE(equal_numbers_keep_their_order_both_ways) {
  const Tensor x({6}, {2, 1, 2, 1, 3, 2});
  BOOST_TEST(places(heed::argsort(x)) == (Places{1, 3, 0, 2, 5, 4}));
  BOOST_TEST(places(heed::argsort(x, 0, true)) == (Places{4, 0, 2, 5, 1, 3}));
  BOOST_TEST(places(heed::topk(x, 3).places) == (Places{4, 0, 2}));
  BOOST_TEST(places(heed::topk(x, 3, 0, false).places) == (Places{1, 3, 0}));
}

BOOST_AUTO_TEST_CASE(nan_is_larger_than_every_number) {
  const Tensor x({6}, {inf, nan, -inf, 0, -nan, 5});
  BOOST_TEST(places(heed::argsort(x)) == (Places{2, 3, 5, 0, 1, 4}));
  BOOST_TEST(places(heed::argsort(x, 0, true)) == (Places{1, 4, 0, 5, 3, 2}));
  BOOST_TEST(heed::topk(x, 1).places[0] == heed::argmax(x, 0)[0]);
}

BOOST_AUTO_TEST_CASE(both_zeros_are_equal) {
  const Tensor x({4}, {0.0, -0.0, 0.0, -1});
  BOOST_TEST(places(heed::argsort(x)) == (Places{3, 0, 1, 2}));
  BOOST_TEST(places(heed::argsort(x, 0, true)) == (Places{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(the_gradient_goes_to_the_places_picked) {
  const Tensor x = Tensor({2, 3}, {2, 5, 5, 1, 0, 3}).require_grad();
  const heed::Sorted best = heed::topk(x, 2);
  BOOST_TEST(numbers(best.values) == (Numbers{5, 5, 3, 1}), boost::test_tools::per_element());
  BOOST_TEST(places(best.places) == (Places{1, 2, 2, 0}));
  best.values.backward(Tensor({2, 2}, {10, 20, 30, 40}));
  BOOST_TEST(numbers(x.grad()) == (Numbers{0, 10, 20, 40, 0, 30}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_lie_at_their_places_along_every_axis) {
  const Tensor x = heed::Generator(3).normal({4, 5, 6});
  for (const int axis : {0, 1, 2}) {
    const heed::Sorted sorted = heed::sort(x, axis);
    BOOST_TEST(numbers(take_along(x, sorted.places, axis)) == numbers(sorted.values),
               boost::test_tools::per_element());
    const heed::Sorted best = heed::topk(x, 3, axis);
    BOOST_TEST((best.places.shape() == x.shape().with(axis, 3)));
    const Tensor backwards = heed::sort(x, axis, true).values;
    BOOST_TEST(numbers(best.values) == numbers(slice(backwards, axis, 0, 3)),
               boost::test_tools::per_element());
  }
}

// An axis that ids cannot count; without elements, so that there is memory for it.
BOOST_AUTO_TEST_CASE(an_axis_that_is_too_long) {
  const Tensor x = Tensor::zeros({heed::Index{1} << 32, 0});
  const auto says = [](const char* op) {
    return std::string("[") + op + "] place 4294967295 is beyond what an id counts";
  };
  BOOST_TEST(thrown<heed::ShapeError>([&] { heed::sort(x, 0); }) == says("sort"));
  BOOST_TEST(thrown<heed::ShapeError>([&] { heed::argsort(x, 0); }) == says("argsort"));
  BOOST_TEST(thrown<heed::ShapeError>([&] { heed::topk(x, 1, 0); }) == says("topk"));
  BOOST_TEST(thrown<heed::ShapeError>([&] { heed::argmax(x, 0); }) == says("argmax"));
  const Tensor leaf = x.detach().require_grad();
  BOOST_TEST(thrown<heed::ShapeError>([&] { heed::max(leaf, 0); }) == says("max"));
}

BOOST_AUTO_TEST_CASE(none_of_something) {
  const heed::Sorted none = heed::topk(Tensor::ones({2, 3}), 0);
  BOOST_TEST((none.values.shape() == Shape{2, 0}));
  BOOST_TEST((none.places.shape() == Shape{2, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
