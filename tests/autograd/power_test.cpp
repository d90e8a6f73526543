// What a power and its derivatives are where the formula says 0 * inf. The numbers are PyTorch's.
#include <boost/test/unit_test.hpp>
#include <limits>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Real;
using heed::Tensor;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

struct Case {
  Real a, b;
  Real y, da, db;
};

bool same(Real got, Real expected) {
  return got == expected || (got != got && expected != expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(power)

BOOST_AUTO_TEST_CASE(values_and_derivatives_at_the_edges) {
  const Case cases[] = {
      {0, 0, 1, 0, 0},           // 0^0 is 1; flat in both directions
      {0, 2, 0, 0, 0},           //
      {0, 1, 0, 1, 0},           //
      {0, 0.5, 0, inf, 0},       //
      {0, -1, inf, -inf, -inf},  //
      {-2, 3, -8, 12, nan},      // a negative base: no derivative by the exponent
      {-2, 0, 1, 0, nan},        //
      {-2, 0.5, nan, nan, nan},  // and a value only at whole exponents
      {inf, 0, 1, 0, inf},       //
      {nan, 0, 1, 0, nan},       //
      {inf, -1, 0, 0, nan},      //
      {nan, 1, nan, 1, nan},     //
      {1, inf, 1, inf, 0},       //
  };
  for (const Case& c : cases) {
    const Tensor a = Tensor::full({2}, c.a).require_grad();
    const Tensor b = Tensor::full({2}, c.b).require_grad();
    const Tensor y = heed::pow(a, b);
    y.backward(Tensor::ones({2}));
    const Real got[] = {y.data()[1], a.grad().data()[1], b.grad().data()[1]};
    BOOST_TEST((same(got[0], c.y) && same(got[1], c.da) && same(got[2], c.db)),
               c.a << "^" << c.b << ": y " << got[0] << " (" << c.y << "), by a " << got[1] << " ("
                   << c.da << "), by b " << got[2] << " (" << c.db << ")");
  }
}

// d2/da db of a^b is 1/a at b = 0: a derivative that is 0 there has one that is not.
BOOST_AUTO_TEST_CASE(flat_in_the_base_and_not_in_the_next_derivative) {
  const Tensor a = Tensor::full({1}, 4).require_grad();
  const Tensor b = Tensor::full({1}, 0).require_grad();
  const Tensor da = heed::grad({heed::pow(a, b)}, {a}, {.create_graph = true})[0];
  BOOST_TEST(da.item() == 0);
  BOOST_TEST(heed::grad({da}, {b})[0].item() == 0.25);
}

BOOST_AUTO_TEST_CASE(every_derivative_of_a_whole_power_at_zero) {
  const Tensor x = Tensor::full({1}, 0).require_grad();
  Tensor y = heed::pow(x, 3);
  for (const double expected : {0.0, 0.0, 6.0}) {
    y = heed::grad({y}, {x}, {.create_graph = true})[0];
    BOOST_TEST(y.item() == expected);
  }
}

BOOST_AUTO_TEST_CASE(the_power_0_stays_flat_under_any_cotangent) {
  const Tensor x = Tensor({3}, {0, inf, nan}).require_grad();
  heed::pow(x, 0).backward(Tensor({3}, {inf, inf, nan}));
  for (const Real g : x.grad().values()) BOOST_TEST(g == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
