// What the table's generic inputs do not reach: ties, zeros, and numbers at the ends of the range.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Mask;
using heed::Real;
using heed::Shape;
using heed::Tensor;
using Axes = std::vector<int>;
using Numbers = std::vector<double>;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

Numbers numbers(const Tensor& x) { return {x.values().begin(), x.values().end()}; }
std::vector<int> places(const heed::Indices& x) { return {x.values().begin(), x.values().end()}; }

Numbers gradient(const Tensor& y, const Tensor& x) { return numbers(heed::grad({y}, {x})[0]); }

Tensor leaf(const Shape& shape, std::initializer_list<Real> values) {
  return Tensor(shape, values).require_grad();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reduce)

BOOST_AUTO_TEST_CASE(products_beside_zeros) {
  const Tensor one = leaf({4}, {2, 0, 3, 5}), two = leaf({4}, {2, 0, 3, 0});
  BOOST_TEST(gradient(heed::prod(one), one) == (Numbers{0, 30, 0, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(gradient(heed::prod(two), two) == (Numbers{0, 0, 0, 0}),
             boost::test_tools::per_element());
  const auto prod = [](const std::vector<Tensor>& x) { return heed::prod(x[0]); };
  for (const auto& zeros : {Tensor({5}, {2, 0, 3, 0.5, 7}), Tensor({5}, {0, 2, 3, 0, -1}),
                            Tensor({5}, {0, 0, 2, 3, 0}), Tensor({5}, {0, 0, 0, 0, 0})}) {
    BOOST_CHECK_NO_THROW(heed::gradcheck("prod", prod, {zeros}, {.order = 3}));
  }
}

BOOST_AUTO_TEST_CASE(the_norm_of_zeros_has_gradient_zero) {
  const Tensor x = leaf({2, 2}, {0, 0, 3, 4});
  const Tensor y = heed::norm(x, {1});
  BOOST_TEST(numbers(y) == (Numbers{0, 5}), boost::test_tools::per_element());
  const Tensor slope = heed::grad({sum(y)}, {x}, {.create_graph = true})[0];
  BOOST_TEST(numbers(slope) == (Numbers{0, 0, 0.6, 0.8}), boost::test_tools::per_element());
  const Numbers second = gradient(sum(slope), x);
  BOOST_TEST(second[0] == 0);
  BOOST_TEST(second[1] == 0);
  BOOST_TEST(second[2] == (16 - 12) / 125.0, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(a_norm_neither_overflows_nor_vanishes) {
  const Tensor x = leaf({3, 2}, {3e200, 4e200, 3e-200, -4e-200, 0, 5e-324});
  const Tensor y = heed::norm(x, {1});
  BOOST_TEST(numbers(y) == (Numbers{5e200, 5e-200, 5e-324}),
             boost::test_tools::tolerance(1e-15) << boost::test_tools::per_element());
  BOOST_TEST(gradient(sum(y), x) == (Numbers{0.6, 0.8, 0.6, -0.8, 0, 1}),
             boost::test_tools::tolerance(1e-15) << boost::test_tools::per_element());
  // Across rows, where columns are worked on side by side.
  const Tensor t = transpose(x.detach());
  BOOST_TEST(numbers(heed::norm(t, {0})) == numbers(y), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(variance_beside_a_large_mean) {
  const Tensor x({4}, {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16});
  BOOST_TEST(heed::var(x).item() == 30);
  BOOST_TEST(heed::var(x, {0}, {.correction = 0}).item() == 22.5);
  BOOST_TEST(heed::var(Tensor::full({1000}, 0.1)).item() == 0);
}

BOOST_AUTO_TEST_CASE(variance_with_nothing_left_to_divide_by) {
  const Tensor one = leaf({1}, {3}), two = leaf({2}, {3, 5});
  BOOST_TEST(std::isnan(heed::var(one).item()));
  BOOST_TEST(std::isnan(gradient(heed::var(one), one)[0]));
  BOOST_TEST(heed::var(one, {0}, {.correction = 0}).item() == 0);
  BOOST_TEST(heed::var(two, {0}, {.correction = 2}).item() == inf);
  BOOST_TEST(heed::var(two, {0}, {.correction = 3}).item() == inf);
}

BOOST_AUTO_TEST_CASE(logsumexp_beside_infinities) {
  const Tensor x = leaf({2, 2}, {-inf, -inf, -inf, 1});
  const Tensor y = heed::logsumexp(x, 1);
  BOOST_TEST(numbers(y) == (Numbers{-inf, 1}), boost::test_tools::per_element());
  BOOST_TEST(gradient(sum(y), x) == (Numbers{0, 0, 0, 1}), boost::test_tools::per_element());
  const Tensor above = leaf({2}, {inf, 0});
  const Tensor top = heed::logsumexp(above);
  BOOST_TEST(top.item() == inf);
  const Numbers slopes = gradient(top, above);
  BOOST_TEST(std::isnan(slopes[0]));
  BOOST_TEST(slopes[1] == 0);
}

BOOST_AUTO_TEST_CASE(a_tie_goes_to_the_first_in_row_major_order) {
  // Over axes 0 and 2 the 9 of the first column stand at (0, 0, 1), (1, 0, 0) and (1, 0, 1).
  const Tensor x = leaf({2, 2, 2}, {1, 9, 4, 4, 9, 9, 4, 4});
  const Tensor y = heed::max(x, Axes{0, 2});
  BOOST_TEST(numbers(y) == (Numbers{9, 4}), boost::test_tools::per_element());
  BOOST_TEST(gradient(sum(y), x) == (Numbers{0, 1, 1, 0, 0, 0, 0, 0}),
             boost::test_tools::per_element());
  const Tensor negative = leaf({2, 2, 2}, {-1, -9, -4, -4, -9, -9, -4, -4});
  BOOST_TEST(
      gradient(sum(heed::min(negative, Axes{0, 2})), negative) == (Numbers{0, 1, 1, 0, 0, 0, 0, 0}),
      boost::test_tools::per_element());
  const Tensor level = leaf({3, 2}, {5, 5, 5, 5, 5, 5});
  BOOST_TEST(gradient(heed::max(level), level) == (Numbers{1, 0, 0, 0, 0, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(places(heed::argmax(level, 0)) == (std::vector<int>{0, 0}));
  BOOST_TEST(places(heed::argmin(level, 1)) == (std::vector<int>{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(nan_is_the_smallest_as_well) {
  const Tensor x = leaf({4}, {1, nan, -inf, nan});
  BOOST_TEST(std::isnan(heed::min(x, 0).item()));
  BOOST_TEST(heed::argmin(x, 0)[0] == 1);
  BOOST_TEST(gradient(heed::min(x), x) == (Numbers{0, 1, 0, 0}), boost::test_tools::per_element());
  const Tensor columns({3, 2}, {1, 2, nan, 1, nan, 1});
  BOOST_TEST(places(heed::argmin(columns, 0)) == (std::vector<int>{1, 1}));
  BOOST_TEST(places(heed::argmax(columns, 0)) == (std::vector<int>{1, 0}));
}

BOOST_AUTO_TEST_CASE(infinities_are_numbers_to_compare) {
  const Tensor low({2, 3}, {-inf, -inf, -inf, -inf, -inf, -inf});
  BOOST_TEST(heed::max(low).item() == -inf);
  BOOST_TEST(places(heed::argmax(low, 0)) == (std::vector<int>{0, 0, 0}));
  BOOST_TEST(heed::min(low * -1.0).item() == inf);
}

BOOST_AUTO_TEST_CASE(kept_axes_of_places) {
  const Tensor x({2, 3}, {1, 5, 2, 7, 0, 3});
  BOOST_TEST((heed::argmax(x, 1, true).shape() == Shape{2, 1}));
  BOOST_TEST((heed::argmin(x, 0, true).shape() == Shape{1, 3}));
  BOOST_TEST((heed::argmax(x, 1).shape() == Shape{2}));
  BOOST_TEST(places(heed::argmax(x, 1)) == (std::vector<int>{1, 0}));
}

BOOST_AUTO_TEST_CASE(one_and_all_of_nothing) {
  const Mask none({2, 0}, {});
  BOOST_TEST(!heed::any(none));
  BOOST_TEST(heed::all(none));
  BOOST_TEST(!heed::any(none, {1})[0]);
  BOOST_TEST(heed::all(none, {1})[1]);
}

// A number is never an axis, and neither is yes or no.
template <class X>
concept IsAxis = requires(const Tensor& x, X axis) { heed::max(x, axis); };
static_assert(IsAxis<int> && IsAxis<heed::Index>);
static_assert(!IsAxis<double> && !IsAxis<float> && !IsAxis<bool>);

BOOST_AUTO_TEST_CASE(no_axes_leave_everything_by_itself) {
  const Tensor x({2, 2}, {1, 2, 3, 4});
  BOOST_TEST((heed::sum(x, {}).shape() == x.shape()));
  BOOST_TEST((heed::max(x, {}).shape() == x.shape()));
  BOOST_TEST((heed::max(x, {0}).shape() == heed::Shape{2}));
}

BOOST_AUTO_TEST_CASE(deviation_of_equal_values_has_no_slope) {
  Tensor x = Tensor::full({3}, 7).require_grad();
  const Tensor y = heed::std(x);
  BOOST_TEST(y.item() == 0);
  y.backward();
  for (const Real g : x.grad().values()) BOOST_TEST(g == 0);
  BOOST_TEST(std::isnan(heed::std(Tensor::ones({1})).item()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
