// Anomaly mode names the first operation with a value that is not finite, and nothing else.
#include "autograd/anomaly.h"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <limits>
#include <string>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::AnomalyGuard;
using heed::Mask;
using heed::Real;
using heed::Tensor;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

// What the mode says about it.
std::string reported_by(const std::function<void()>& work) {
  AnomalyGuard guard;
  try {
    work();
  } catch (const heed::NonFiniteError& error) {
    return error.what();
  }
  return "nothing";
}

Tensor leaf(std::initializer_list<Real> values) {
  return Tensor({static_cast<heed::Index>(values.size())}, values).require_grad();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(anomaly)

BOOST_AUTO_TEST_CASE(a_logarithm_of_zero_in_the_middle) {
  const auto model = [] {
    const Tensor x = Tensor({2, 3}, {1, -2, 3, -4, 5, -6}).require_grad();
    heed::mean(heed::exp(heed::log(heed::relu(x)) * 2.0)).backward();
  };
  BOOST_TEST(reported_by(model) ==
             "[log] forward: the output (2, 3) is not finite in 3 of 6 elements, first -inf at "
             "[0, 1]\ninput 0 (2, 3) from 0 to 5");
  BOOST_CHECK_NO_THROW(model());
}

BOOST_AUTO_TEST_CASE(without_a_graph_as_well) {
  BOOST_TEST(reported_by([] {
               const heed::NoGrad off;
               Tensor::scalar(1) / Tensor({2}, {1, 0});
             }) ==
             "[divide] forward: the output (2) is not finite in 1 of 2 elements, first inf at [1]\n"
             "input 0 () from 1 to 1\ninput 1 (2) from 0 to 1");
}

BOOST_AUTO_TEST_CASE(what_came_in_is_not_blamed_on_the_operation) {
  BOOST_TEST(reported_by([] {
               heed::relu(Tensor({3}, {1, nan, inf}));
             }) ==
             "[relu] forward: the output (3) is not finite in 2 of 3 elements, first nan at [1]\n"
             "input 0 (3) is not finite in 2 of 3 elements, first nan at [1]\n"
             "hint: it was not finite before: look at the data and the parameters");
}

// The output is finite, its slope is not.
BOOST_AUTO_TEST_CASE(a_root_of_zero_backward) {
  const Tensor x = leaf({4, 0});
  const std::string expected =
      "[sqrt] backward: the gradient of input 0 (2) is not finite in 1 of 2 elements, first inf at "
      "[1]\ncotangent (2) from 3 to 3\ninput 0 (2)";
  BOOST_TEST(reported_by([&] { heed::sum(heed::sqrt(x) * 3.0).backward(); }) == expected);
  BOOST_TEST(reported_by([&] {
               heed::grad({heed::sum(heed::sqrt(x) * 3.0)}, {x}, {.create_graph = true});
             }) == expected);
}

// The trap that `where` warns of: 0 from the branch not taken times the infinite slope of a root.
BOOST_AUTO_TEST_CASE(zero_times_infinity_backward) {
  const Tensor x = leaf({4, 0});
  BOOST_TEST(reported_by([&] { heed::sum(heed::where(x > 0.0, heed::sqrt(x), 0.0)).backward(); }) ==
             "[sqrt] backward: the gradient of input 0 (2) is not finite in 1 of 2 elements, first "
             "nan at [1]\ncotangent (2) from 0 to 1\ninput 0 (2)");
}

// Its rule is made of matrix products; the user called linear.
BOOST_AUTO_TEST_CASE(the_operation_that_was_called_is_named) {
  const Tensor weight = Tensor::ones({1, 2}).require_grad();
  BOOST_TEST(reported_by([&] {
               const Tensor y = heed::linear(Tensor::full({3, 2}, 1e300), weight, {});
               y.backward(Tensor::full({3, 1}, 1e10));
             }).find("[linear] backward: the gradient of input 1 (1, 2) is not finite in 2 of 2") ==
             0u);
}

BOOST_AUTO_TEST_CASE(a_cotangent_that_was_given_or_added_up) {
  const Tensor x = leaf({1});
  BOOST_TEST(reported_by([&] {
               heed::tanh(x).backward(Tensor({1}, {inf}));
             }).find("[tanh] backward: the cotangent (1) is not finite in 1 of 1 elements") == 0u);
  const Real big = std::numeric_limits<Real>::max() / 1.5;
  BOOST_TEST(reported_by([&] {
               const Tensor y = heed::tanh(x * 1.0);
               (y + y).backward(Tensor({1}, {big}));
             }).find("[tanh] backward: the cotangent (1)") == 0u);
}

BOOST_AUTO_TEST_CASE(guards_nest) {
  const auto bad = [] { heed::log(Tensor::zeros({1})); };
  const AnomalyGuard outer;
  {
    const AnomalyGuard off(false);
    BOOST_CHECK_NO_THROW(bad());
    {
      const AnomalyGuard on;
      BOOST_CHECK_THROW(bad(), heed::NonFiniteError);
    }
    BOOST_CHECK_NO_THROW(bad());
    BOOST_TEST(!heed::anomaly_enabled());
  }
  BOOST_CHECK_THROW(bad(), heed::NonFiniteError);
}

BOOST_AUTO_TEST_CASE(over_when_the_guard_is_gone) {
  { const AnomalyGuard guard; }
  BOOST_TEST(!heed::anomaly_enabled());
  BOOST_CHECK_NO_THROW(heed::log(Tensor::zeros({1})));
}

BOOST_AUTO_TEST_CASE(what_was_thrown_leaves_everything_in_order) {
  const heed::Index before = heed::live_nodes();
  {
    const AnomalyGuard guard;
    const Tensor x = leaf({4, 0});
    BOOST_CHECK_THROW(heed::sum(heed::sqrt(x)).backward(), heed::NonFiniteError);
    BOOST_TEST(heed::anomaly_enabled());
    BOOST_TEST(heed::grad_enabled());
    heed::sum(heed::square(x)).backward();
    BOOST_TEST(x.grad().data()[0] == 8);
  }
  BOOST_TEST(heed::live_nodes() == before);
}

BOOST_AUTO_TEST_CASE(finite_and_empty_pass) {
  const Tensor x = leaf({1, 2});
  const Tensor none = Tensor::zeros({0, 3}).require_grad();
  BOOST_TEST(reported_by([&] {
               heed::sum(heed::exp(x)).backward();
               heed::sum(heed::log(none)).backward();
             }) == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(watch)

BOOST_AUTO_TEST_CASE(operations_in_order_and_not_those_of_the_watcher) {
  std::string names;
  heed::Watcher watcher([&](const heed::Operation& operation) {
    names += operation.name;
    names += ' ';
    heed::exp(operation.output);
  });
  {
    const heed::Watcher second([&](const heed::Operation& operation) {
      names += operation.inputs[0]->shape().str();
      names += ' ';
    });
    const heed::NoGrad off;
    heed::tanh(Tensor::ones({2}) + 1.0);
  }
  const Tensor x = leaf({1});
  heed::sin(x);
  BOOST_TEST(names == "(2) add_number (2) tanh sin ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
