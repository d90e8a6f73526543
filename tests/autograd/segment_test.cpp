// Segments beyond the op table: what is empty, equal, infinite or not a number.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

void expect(const Tensor& got, const std::vector<Real>& expected) {
  BOOST_TEST_REQUIRE(got.size() == static_cast<Index>(expected.size()));
  for (Index i = 0; i < got.size(); ++i) {
    const Real wanted = expected[static_cast<std::size_t>(i)], found = got.data()[i];
    BOOST_TEST((std::isnan(wanted) ? std::isnan(found) : found == wanted),
               "place " << i << ": " << found << ", not " << wanted);
  }
}

Tensor leaf(const std::vector<Real>& values) {
  Tensor x(Shape{static_cast<Index>(values.size())}, values);
  x.require_grad();
  return x;
}

BOOST_AUTO_TEST_SUITE(segments)

BOOST_AUTO_TEST_CASE(an_empty_segment_has_a_sum_of_0_and_no_largest) {
  const Tensor x({3}, {1, 2, 4});
  const Indices ids({3, 1, 3});
  expect(segment_sum(x, ids, 5), {0, 2, 0, 5, 0});
  expect(segment_max(x, ids, 5), {-inf, 2, -inf, 4, -inf});
  expect(segment_softmax(Tensor::zeros({3}), ids, 5), {0.5, 1, 0.5});
}

BOOST_AUTO_TEST_CASE(the_first_of_equals_takes_the_gradient) {
  Tensor x = leaf({2, 7, 7, 2});
  const Indices ids({0, 1, 1, 0});
  const Tensor both = sum(segment_max(x, ids, 2) * Tensor({2}, {3, 5}));
  expect(grad({both}, {x})[0], {3, 5, 0, 0});
  Tensor lowest = leaf({-inf, -inf});  // no number is above
  const Tensor none = grad({sum(segment_max(lowest, Indices({0, 0}), 1))}, {lowest})[0];
  expect(none, {0, 0});
}

BOOST_AUTO_TEST_CASE(nan_stays_in_its_segment) {
  const Tensor x({4}, {nan, 1, 3, nan});
  const Indices ids({0, 1, 1, 0});
  expect(segment_max(x, ids, 2), {nan, 3});
  const Tensor shares = segment_softmax(Tensor({4}, {nan, 1, 1, 0}), ids, 2);
  expect(shares, {nan, 0.5, 0.5, nan});
}

BOOST_AUTO_TEST_CASE(large_scores_and_scores_of_minus_infinity) {
  const Indices ids({0, 1, 0, 1, 2});
  expect(segment_softmax(Tensor({5}, {1e4, -inf, 1e4, 3, -1e4}), ids, 3), {0.5, 0, 0.5, 1, 1});
  Tensor x = leaf({-inf, 1, -inf, 1, 0});
  const Tensor y = segment_softmax(x, ids, 3);
  expect(y, {0, 0.5, 0, 0.5, 1});
  const Tensor g = grad({sum(square(y))}, {x})[0];
  expect(g, {0, 0, 0, 0, 0});
}

// One segment is a softmax of columns.
BOOST_AUTO_TEST_CASE(one_segment_is_softmax) {
  Generator rng(1);
  const Tensor x = rng.normal({6, 3});
  const Tensor y = segment_softmax(x, Indices({0, 0, 0, 0, 0, 0}), 1);
  const Tensor expected = transpose(softmax(transpose(x)));
  for (Index i = 0; i < y.size(); ++i) {
    BOOST_TEST(std::abs(y.data()[i] - expected.data()[i]) < 1e-14);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
