// gradcheck itself: what it accepts, what it refuses, and what it says.
#include "autograd/gradcheck.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "autograd/graph.h"
#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Tensor;
using Tensors = std::vector<Tensor>;

// x^3. Its rule multiplies by `factor` x^2 (3 is right); `forgetful` keeps x without its past, so
// that the second derivative is lost.
Tensor cube(const Tensor& x, double factor, bool forgetful) {
  const Tensor y = [&] {
    heed::NoGrad off;
    return x * x * x;
  }();
  const Tensor kept = forgetful ? x.detach() : x;
  return heed::differentiable("cube", y, heed::wrt(x, [kept, factor](const Tensor& g) {
                                return g * heed::square(kept) * factor;
                              }));
}

std::string complaint(const heed::TensorFunction& f, const Tensors& inputs,
                      const heed::GradcheckOptions& options = {}) {
  try {
    heed::gradcheck("cube", f, inputs, options);
  } catch (const heed::Error& error) {
    return error.what();
  }
  return "";
}

const Tensors point = {Tensor({2}, {0.5, -1.0})};

}  // namespace

BOOST_AUTO_TEST_SUITE(gradcheck)

BOOST_AUTO_TEST_CASE(a_right_rule_passes_to_third_order) {
  const auto f = [](const Tensors& x) { return cube(x[0], 3, false); };
  BOOST_TEST(complaint(f, point, {.order = 3}) == "");
}

BOOST_AUTO_TEST_CASE(a_wrong_factor_is_named_with_input_and_index) {
  const auto f = [](const Tensors& x) { return cube(x[0], 3.3, false); };
  BOOST_TEST(complaint(f, point) ==
             "[gradcheck] cube: d output (2)[0] / d input 0 (2)[0]: expected 0.75 (central "
             "difference), got 0.825");
}

BOOST_AUTO_TEST_CASE(an_error_of_a_hundred_thousandth_is_seen) {
  const auto f = [](const Tensors& x) { return cube(x[0], 3 * (1 + 1e-5), false); };
  BOOST_TEST(complaint(f, point) != "");
}

// Beside an infinity every difference is as large as what is allowed relative to it.
BOOST_AUTO_TEST_CASE(an_infinity_is_no_derivative) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const auto f = [](const Tensors& x) { return cube(x[0], inf, false); };
  BOOST_TEST(complaint(f, point, {.order = 1}) ==
             "[gradcheck] cube: d output (2)[0] / d input 0 (2)[0]: expected 0.75 (central "
             "difference), got inf");
}

BOOST_AUTO_TEST_CASE(random_directions_see_it_too) {
  const auto f = [](const Tensors& x) { return cube(x[0], 3.3, false); };
  const std::string text = complaint(f, point, {.full_jacobian = false});
  BOOST_TEST(text.find("along a random direction of input 0 (2): expected ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_lost_second_derivative_is_seen_at_order_2_only) {
  const auto f = [](const Tensors& x) { return cube(x[0], 3, true); };
  BOOST_TEST(complaint(f, point, {.order = 1}) == "");
  BOOST_TEST(
      complaint(f, point, {.order = 2}).find("[gradcheck] cube': d output ()[0] / d input 0") ==
      0u);
}

BOOST_AUTO_TEST_CASE(a_recorded_gradient_that_differs_is_seen) {
  const auto f = [](const Tensors& x) {
    return heed::differentiable("double", x[0] * 2.0, heed::wrt(x[0], [](const Tensor& g) {
                                  return g * (heed::grad_enabled() ? 2.5 : 2.0);
                                }));
  };
  BOOST_TEST(complaint(f, point, {.order = 1}) == "");
  BOOST_TEST(complaint(f, point).find(", recorded: expected") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_nan_is_refused) {
  const auto f = [](const Tensors& x) { return cube(x[0], std::nan(""), false); };
  BOOST_TEST(complaint(f, point).find("got nan") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_output_that_ignores_an_input) {
  const auto f = [](const Tensors& x) { return cube(x[0], 3, false); };
  BOOST_TEST(complaint(f, {point[0], Tensor::ones({3})}) == "");
}

BOOST_AUTO_TEST_CASE(a_part_of_the_derivative_is_missing) {
  const auto f = [](const Tensors& x) { return x[0] * x[0].detach(); };
  BOOST_TEST(complaint(f, point).find("expected 1 (central difference), got 0.5") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
