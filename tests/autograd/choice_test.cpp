// Ties, branches not taken, and the idiom that guards an input.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using heed::Mask;
using heed::Real;
using heed::Tensor;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

Tensor leaf(std::initializer_list<Real> values) {
  return Tensor({static_cast<heed::Index>(values.size())}, values).require_grad();
}

std::vector<double> numbers(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

using Numbers = std::vector<double>;

}  // namespace

BOOST_AUTO_TEST_SUITE(choice)

BOOST_AUTO_TEST_CASE(where_gives_exactly_zero_to_the_branch_not_taken) {
  const Tensor a = leaf({1, nan, inf, 2}), b = leaf({nan, 5, 6, -inf});
  const Tensor y = heed::where(Mask({4}, {1, 0, 0, 1}), a, b);
  BOOST_TEST(numbers(y) == (Numbers{1, 5, 6, 2}), boost::test_tools::per_element());
  y.backward(Tensor({4}, {10, 20, inf, 40}));
  BOOST_TEST(numbers(a.grad()) == (Numbers{10, 0, 0, 40}), boost::test_tools::per_element());
  BOOST_TEST(numbers(b.grad()) == (Numbers{0, 20, inf, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_mask_of_other_bytes_than_one) {
  const Mask mask({3}, {2, 0, 255});
  BOOST_TEST(numbers(heed::to_tensor(mask)) == (Numbers{1, 0, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(numbers(heed::where(mask, leaf({1, 2, 3}), 0.0)) == (Numbers{1, 0, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(no_mask_is_no_condition) {
  const Tensor x = Tensor::scalar(1);
  BOOST_TEST(thrown<heed::ValueError>([&] { heed::where(Mask(), x, x); }) ==
             "[where] the mask is undefined");
}

BOOST_AUTO_TEST_CASE(where_with_a_number_beside_nan_and_inf) {
  const Tensor x = leaf({1, nan, inf, -inf});
  const Mask first({4}, {1, 0, 0, 0});
  heed::where(first, x, 0.0).backward(Tensor({4}, {10, nan, inf, 20}));
  BOOST_TEST(numbers(x.grad()) == (Numbers{10, 0, 0, 0}), boost::test_tools::per_element());
  x.zero_grad();
  heed::where(!first, 0.0, x).backward(Tensor({4}, {10, nan, inf, 20}));
  BOOST_TEST(numbers(x.grad()) == (Numbers{10, 0, 0, 0}), boost::test_tools::per_element());
}

// The same one derivative further, where the cotangents are tensors with a past.
BOOST_AUTO_TEST_CASE(where_gives_exactly_zero_in_second_derivatives) {
  const Tensor x = leaf({2, nan, inf});
  const Mask first({3}, {1, 0, 0});
  const Tensor y = heed::sum(heed::where(first, x, 1.0) * heed::where(first, x, 1.0));
  const Tensor dx = heed::grad({y}, {x}, {.create_graph = true})[0];
  BOOST_TEST(numbers(dx) == (Numbers{4, 0, 0}), boost::test_tools::per_element());
  const Tensor ddx = heed::grad({dx}, {x}, {}, {Tensor({3}, {1, nan, inf})})[0];
  BOOST_TEST(numbers(ddx) == (Numbers{2, 0, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_guarded_input_keeps_the_gradient_finite) {
  const Tensor x = leaf({0, 4});
  const Mask ok = x > 0.0;
  const Tensor bare = heed::where(ok, heed::sqrt(x), 0.0);
  bare.backward(Tensor::ones({2}));
  BOOST_TEST(std::isnan(x.grad().data()[0]));  // 0 * inf: what the guard is for
  x.zero_grad();
  const Tensor guarded = heed::where(ok, heed::sqrt(heed::where(ok, x, 1.0)), 0.0);
  guarded.backward(Tensor::ones({2}));
  BOOST_TEST(numbers(x.grad()) == (Numbers{0, 0.25}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(larger_and_smaller_share_a_tie) {
  const Tensor a = leaf({1, 2, 3}), b = leaf({1, 5, 0});
  heed::maximum(a, b).backward(Tensor({3}, {8, 8, 8}));
  BOOST_TEST(numbers(a.grad()) == (Numbers{4, 0, 8}), boost::test_tools::per_element());
  BOOST_TEST(numbers(b.grad()) == (Numbers{4, 8, 0}), boost::test_tools::per_element());
  a.zero_grad();
  b.zero_grad();
  heed::minimum(a, b).backward(Tensor({3}, {8, 8, 8}));
  BOOST_TEST(numbers(a.grad()) == (Numbers{4, 8, 0}), boost::test_tools::per_element());
  BOOST_TEST(numbers(b.grad()) == (Numbers{4, 0, 8}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_first_of_the_largest_takes_all) {
  const Tensor x = leaf({1, 7, 7, 0, 7});
  const Tensor y = heed::max(x, 0);
  BOOST_TEST(y.item() == 7);
  y.backward();
  BOOST_TEST(numbers(x.grad()) == (Numbers{0, 1, 0, 0, 0}), boost::test_tools::per_element());
  BOOST_TEST(heed::argmax(x, 0)[0] == 1);
}

BOOST_AUTO_TEST_CASE(nan_is_the_largest) {
  const Tensor x = leaf({1, nan, inf, nan});
  BOOST_TEST(std::isnan(heed::max(x, 0).item()));
  BOOST_TEST(heed::argmax(x, 0)[0] == 1);
}

BOOST_AUTO_TEST_CASE(logsumexp_at_the_ends) {
  BOOST_TEST(heed::logsumexp(Tensor({2}, {-inf, -inf}), 0).item() == -inf);
  BOOST_TEST(heed::logsumexp(Tensor({2}, {inf, 0}), 0).item() == inf);
  BOOST_TEST(heed::logsumexp(Tensor({2}, {1e4, 1e4}), 0).item() == 1e4 + std::log(2.0),
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(the_largest_of_nothing) {
  BOOST_CHECK_EXCEPTION(heed::max(Tensor::zeros({2, 0}), 1), heed::ShapeError, [](const auto& e) {
    return std::string(e.what()) == "[max] axis 1 of shape (2, 0) is empty";
  });
}

BOOST_AUTO_TEST_CASE(close_and_not) {
  const auto close = [](Real a, Real b, bool equal_nan = false) {
    return heed::allclose(Tensor::scalar(a), Tensor::scalar(b), 1e-5, 1e-8, equal_nan);
  };
  BOOST_TEST(close(1, Real(1.000009)));
  BOOST_TEST(!close(1, Real(1.00002)));
  BOOST_TEST(close(0, Real(9e-9)));
  BOOST_TEST(!close(0, Real(2e-8)));
  BOOST_TEST(close(inf, inf));
  BOOST_TEST(!close(inf, -inf));
  BOOST_TEST(!close(1, inf));
  BOOST_TEST(!close(inf, 1));
  BOOST_TEST(!close(nan, nan));
  BOOST_TEST(close(nan, nan, true));
  BOOST_TEST(!close(nan, 1, true));
  BOOST_TEST(heed::allclose(Tensor::ones({2, 3}), Tensor::ones({3})));  // they stretch
}

BOOST_AUTO_TEST_CASE(steps_have_slopes_of_0) {
  for (const auto op : {heed::sign, heed::floor, heed::round}) {
    const Tensor x = leaf({-1.25, 0, 0.5, inf});
    for (const Real cotangent : {Real(1), inf}) {
      const Tensor slope = heed::grad({heed::sum(op(x) * cotangent)}, {x})[0];
      BOOST_TEST(numbers(slope) == (Numbers{0, 0, 0, 0}));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
