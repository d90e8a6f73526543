// Clipping beside the golden files: what it leaves alone and what it refuses.
#include <boost/test/unit_test.hpp>

#include <limits>

#include "autograd/memory.h"
#include "optim/clip.h"
#include "tests/nn/throws.h"
#include "tests/optim/leaves.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr Real infinity = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

BOOST_AUTO_TEST_SUITE(clipping)

BOOST_AUTO_TEST_CASE(a_short_gradient_is_left_alone) {
  const Tensor w = leaf({2}, 1);
  w.set_grad(Tensor({2}, {3, 4}));
  BOOST_CHECK_EQUAL(optim::clip_by_norm({{"w", w}, {"no gradient", leaf({1}, 1)}}, 5.1), 5);
  BOOST_CHECK(values_of(w.grad()) == (std::vector<Real>{3, 4}));
  BOOST_CHECK_EQUAL(optim::clip_by_norm({{"w", w}}, 1), 5);
  BOOST_CHECK_CLOSE(static_cast<double>(w.grad().values()[1]), 4 / 5.000001, 1e-4);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_named_and_nothing_is_changed) {
  const Tensor a = leaf({20}, 1);
  const Tensor b = leaf({3}, 1);
  a.set_grad(Tensor::full({20}, 9));
  for (const Real bad : {nan, -infinity}) {
    b.set_grad(Tensor({3}, {1, bad, 1}));
    expect_throw_with<NonFiniteError>(
        [&] {
          optim::clip_by_norm({{"a", a}, {"b", b}}, 1);
        },
        "[clip_by_norm] the gradient of b is not finite");
    BOOST_CHECK(values_of(a.grad()) == std::vector<Real>(20, 9));
  }
  expect_throw<ValueError>([] { optim::clip_by_norm({}, 0); },
                           "[clip_by_norm] max_norm must be above 0, got 0");
}

// Squares that overflow or vanish.
BOOST_AUTO_TEST_CASE(of_any_size) {
  const double huge = sizeof(Real) == sizeof(float) ? 1e30 : 1e200;
  for (const double unit : {1 / huge, huge}) {
    const Tensor a = leaf({1}, 1), b = leaf({1}, 1);
    a.set_grad(Tensor::full({1}, static_cast<Real>(3 * unit)));
    b.set_grad(Tensor::full({1}, static_cast<Real>(4 * unit)));
    BOOST_CHECK_CLOSE(optim::clip_by_norm({{"a", a}, {"b", b}}, 1) / unit, 5, 1e-4);
    if (unit < 1) continue;
    BOOST_CHECK_CLOSE(static_cast<double>(a.grad().item()), 0.6, 1e-4);
    BOOST_CHECK_CLOSE(static_cast<double>(b.grad().item()), 0.8, 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(by_value) {
  const Tensor w = leaf({5}, 1);
  const std::vector<Parameter> parameters{{"w", w}, {"no gradient", leaf({1}, 1)}};
  w.set_grad(Tensor({5}, {-3, 2, Real(-0.5), infinity, -infinity}));
  const Tensor before = w.grad();
  optim::clip_by_value(parameters, 2);
  BOOST_CHECK(values_of(w.grad()) == (std::vector<Real>{-2, 2, Real(-0.5), 2, -2}));
  BOOST_CHECK_EQUAL(before.data()[0], -3);  // whoever holds the old gradient keeps it
  BOOST_CHECK(!parameters[1].value.grad().defined());
}

BOOST_AUTO_TEST_CASE(by_value_refuses) {
  const Tensor a = leaf({20}, 1);
  const Tensor b = leaf({3}, 1);
  a.set_grad(Tensor::full({20}, 9));
  b.set_grad(Tensor({3}, {1, nan, 1}));
  expect_throw<NonFiniteError>(
      [&] {
        optim::clip_by_value({{"a", a}, {"b", b}}, 1);
      },
      "[clip_by_value] the gradient of b holds a NaN");
  BOOST_CHECK(values_of(a.grad()) == std::vector<Real>(20, 9));
  expect_throw<ValueError>([] { optim::clip_by_value({}, -1); },
                           "[clip_by_value] max_value must be above 0, got -1");
  expect_throw<ValueError>([] { optim::clip_by_value({}, nan); },
                           "[clip_by_value] max_value must be above 0, got nan");
}

// Memory runs out while the second gradient is clipped: the first is as it was.
BOOST_AUTO_TEST_CASE(all_or_none) {
  const Tensor a = leaf({4}, 1);
  const Tensor b = leaf({4}, 1);
  const std::vector<Parameter> parameters{{"a", a}, {"b", b}};
  const auto check = [&](auto clip) {
    a.set_grad(Tensor::full({4}, 9));
    b.set_grad(Tensor::full({4}, 9));
    memory::fail_allocation(2);
    BOOST_CHECK_THROW(clip(), OutOfMemory);
    memory::fail_allocation(0);
    BOOST_CHECK(values_of(a.grad()) == std::vector<Real>(4, 9));
    BOOST_CHECK(values_of(b.grad()) == std::vector<Real>(4, 9));
  };
  check([&] { optim::clip_by_norm(parameters, 1); });
  check([&] { optim::clip_by_value(parameters, 1); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
