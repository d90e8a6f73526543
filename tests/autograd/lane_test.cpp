// The functions of Lane against the C library in higher precision, over the whole range of numbers
// and at its edges. The bounds are those that autograd/kernels/lane.h promises.
#include "autograd/kernels/lane_functions.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "autograd/ops/elementwise.h"

namespace heed_test {
namespace {

using heed::Lane;
using heed::Real;
using Exact = std::conditional_t<sizeof(Real) == 4, double, long double>;

constexpr bool is_float = sizeof(Real) == 4;
constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

struct Function {
  std::string name;
  Lane (*lane)(Lane);
  Exact (*exact)(Exact);
  double low, high;  // where the bound holds
  double ulps;
};

Exact normal_cdf_of(Exact x) { return std::erfc(-x * std::sqrt(Exact(0.5))) / 2; }

const Function functions[] = {
    {"exp", [](Lane x) { return exp(x); }, [](Exact x) { return std::exp(x); },
     is_float ? -87.68 : -708.0, is_float ? 88.72 : 709.78, is_float ? 1.5 : 3.0},
    {"exp_up_to_88", [](Lane x) { return exp_up_to_88(x); }, [](Exact x) { return std::exp(x); },
     is_float ? -87.68 : -708.0, 88, is_float ? 1.5 : 3.0},
    {"log", [](Lane x) { return log(x); }, [](Exact x) { return std::log(x); },
     std::numeric_limits<Real>::denorm_min(), std::numeric_limits<Real>::max(), 2},
    {"expm1", [](Lane x) { return expm1(x); }, [](Exact x) { return std::expm1(x); }, -1e30,
     is_float ? 88.72 : 709.78, 4},
    {"log1p", [](Lane x) { return log1p(x); }, [](Exact x) { return std::log1p(x); }, -1,
     std::numeric_limits<Real>::max(), 2},
    {"sqrt", [](Lane x) { return sqrt(x); }, [](Exact x) { return std::sqrt(x); }, 0,
     std::numeric_limits<Real>::max(), 0.5001},
    {"tanh", [](Lane x) { return tanh(x); }, [](Exact x) { return std::tanh(x); }, -1e30, 1e30, 2},
    {"erf", [](Lane x) { return erf(x); }, [](Exact x) { return std::erf(x); },
     std::numeric_limits<Real>::lowest(), std::numeric_limits<Real>::max(), is_float ? 3.0 : 100.0},
    {"normal_cdf", [](Lane x) { return normal_cdf(x); }, normal_cdf_of, -1,
     std::numeric_limits<Real>::max(), is_float ? 5.0 : 100.0},
    {"normal_cdf far below 0", [](Lane x) { return normal_cdf(x); }, normal_cdf_of,
     is_float ? -13.0 : -2.5, -1, 100},
    {"sin", [](Lane x) { return sin(x); }, [](Exact x) { return std::sin(x); }, -1e4, 1e4, 4},
    {"cos", [](Lane x) { return cos(x); }, [](Exact x) { return std::cos(x); }, -1e4, 1e4, 4},
    {"sigmoid", [](Lane x) { return heed::sigmoid(x); },
     [](Exact x) { return 1 / (1 + std::exp(-x)); }, -80, 80, 4},
};

struct Edge {
  const char* name;
  Real x, y;
};

constexpr Real small = std::numeric_limits<Real>::denorm_min();
constexpr Real limit = is_float ? Real(88.72) : Real(709.78);
const Edge edges[] = {{"exp", 0, 1},
                      {"exp", -inf, 0},
                      {"exp", inf, inf},
                      {"exp", limit + 1, inf},
                      {"exp", -1000, 0},
                      {"exp", is_float ? Real(-87.69) : -746, 0},
                      {"exp", nan, nan},
                      {"exp_up_to_88", -inf, 0},
                      {"exp_up_to_88", -1000, 0},
                      {"erf", nan, nan},
                      {"erf", small, small},
                      {"erf", -0.0, -0.0},
                      {"log", 0, -inf},
                      {"log", -0.0, -inf},
                      {"log", 1, 0},
                      {"log", inf, inf},
                      {"log", -1, nan},
                      {"sqrt", inf, inf},
                      {"sqrt", -1, nan},
                      {"tanh", inf, 1},
                      {"tanh", -inf, -1},
                      {"tanh", 88, 1},
                      {"tanh", small, small},
                      {"erf", inf, 1},
                      {"erf", -inf, -1},
                      {"erf", 88, 1},
                      {"normal_cdf", inf, 1},
                      {"normal_cdf", -inf, 0},
                      {"normal_cdf", nan, nan},
                      {"normal_cdf", 0, 0.5},
                      {"normal_cdf", -0.0, 0.5},
                      {"normal_cdf", 88, 1},
                      {"normal_cdf", -88, 0},
                      {"sin", inf, nan},
                      {"cos", inf, nan},
                      {"sin", small, small},
                      {"cos", small, 1},
                      {"sigmoid", inf, 1},
                      {"sigmoid", -inf, 0},
                      {"sigmoid", 88, 1},
                      {"sigmoid", small, 0.5},
                      {"expm1", inf, inf},
                      {"expm1", -inf, -1},
                      {"expm1", limit + 1, inf},
                      {"expm1", small, small},
                      {"log1p", inf, inf},
                      {"log1p", -1, -inf},
                      {"log1p", -2, nan},
                      {"log1p", small, small}};

Real first_of(Lane lane) {
  Real all[64];
  lane.store(all);
  return all[0];
}
Real at(const Function& f, Real x) { return first_of(f.lane(Lane(double{x}))); }

// The distance in units of the last place of the right answer.
double distance(Real got, Exact exact) {
  const Real rounded = static_cast<Real>(exact);
  if (got == rounded) return 0;
  const Real size = std::abs(rounded);
  return static_cast<double>(std::abs(static_cast<Exact>(got) - exact) /
                             static_cast<Exact>(std::nextafter(size, inf) - size));
}

// Every bit pattern in equal strides: each binary magnitude gets the same share.
Real number(std::uint64_t i, std::uint64_t count) {
  using Bits = std::conditional_t<is_float, std::uint32_t, std::uint64_t>;
  const Bits stride = static_cast<Bits>(std::numeric_limits<Bits>::max() / count);
  const Bits bits = static_cast<Bits>(stride * static_cast<Bits>(i));
  Real x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

template <class Visit>
void samples(const Function& f, Visit visit) {
  constexpr int count = 200'000;
  const double low = std::max(f.low, -1e5), high = std::min(f.high, 1e5);
  for (int i = 0; i < count; ++i) visit(static_cast<Real>(low + (high - low) * i / count));
  for (std::uint64_t i = 0; i < count; ++i) {
    const Real x = number(i, count);
    if (double{x} >= f.low && double{x} <= f.high) visit(x);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lane)

BOOST_AUTO_TEST_CASE(functions_are_as_close_as_promised) {
  for (const Function& f : functions) {
    double worst = 0;
    Real where = 0;
    samples(f, [&](Real x) {
      const double off = distance(at(f, x), f.exact(static_cast<Exact>(x)));
      if (off > worst || std::isnan(off)) {
        worst = off;
        where = x;
      }
    });
    BOOST_TEST_MESSAGE(f.name << ": at most " << worst << " ulp, at " << where);
    BOOST_TEST(worst <= f.ulps, f.name << " is " << worst << " ulp off at " << where);
  }
}

BOOST_AUTO_TEST_CASE(edges_have_their_limits) {
  for (const Edge& edge : edges) {
    for (const Function& f : functions) {
      if (f.name != edge.name) continue;
      const Real y = at(f, edge.x);
      BOOST_TEST((y == edge.y || (std::isnan(y) && std::isnan(edge.y))),
                 f.name << "(" << edge.x << ") is " << y << ", expected " << edge.y);
    }
  }
}

BOOST_AUTO_TEST_CASE(powers_as_ieee_says) {
  struct Power {
    Real base, exponent, result;
  };
  const Power powers[] = {{2, 10, 1024}, {2, -1, 0.5},    {9, 0.5, 3},      {-2, 3, -8},
                          {-2, 2, 4},    {-2, 0.5, nan},  {0, 0, 1},        {nan, 0, 1},
                          {-inf, 0, 1},  {1, nan, 1},     {nan, 1, nan},    {2, nan, nan},
                          {0, 2, 0},     {0, -1, inf},    {-0.0, -1, -inf}, {-0.0, 3, -0.0},
                          {inf, -1, 0},  {inf, 0.5, inf}, {0.5, inf, 0},    {2, inf, inf},
                          {-1, inf, 1},  {-inf, 3, -inf}, {2, 5000, inf},   {2, -5000, 0}};
  for (const Power& p : powers) {
    const Real y = first_of(pow(Lane(double{p.base}), Lane(double{p.exponent})));
    BOOST_TEST(((y == p.result && std::signbit(y) == std::signbit(p.result)) ||
                (std::isnan(y) && std::isnan(p.result))),
               p.base << "^" << p.exponent << " is " << y << ", expected " << p.result);
  }
}

BOOST_AUTO_TEST_CASE(large_powers_keep_their_digits) {
  for (int i = 1; i <= 10'000; ++i) {
    const Real base = static_cast<Real>(i) / 100, exponent = static_cast<Real>(10'000 - i) / 1000;
    const Real y = first_of(pow(Lane(double{base}), Lane(double{exponent})));
    BOOST_TEST(distance(y, std::pow(static_cast<Exact>(base), static_cast<Exact>(exponent))) <= 1);
  }
}

BOOST_AUTO_TEST_CASE(nan_stays_nan) {
  for (const Function& f : functions) BOOST_TEST(std::isnan(at(f, nan)), f.name);
  BOOST_TEST(std::isnan(first_of(maximum(Lane(1), Lane(double{nan})))));
  BOOST_TEST(std::isnan(first_of(minimum(Lane(double{nan}), Lane(1)))));
  BOOST_TEST(std::isnan(first_of(at_least(1, Lane(double{nan})))));
  BOOST_TEST(std::isnan(first_of(at_most(1, Lane(double{nan})))));
}

BOOST_AUTO_TEST_CASE(zeros_keep_their_sign) {
  for (const Function& f : functions) {
    if (f.exact(0) != 0) continue;
    BOOST_TEST(std::signbit(at(f, Real{-0.0})), f.name);
    BOOST_TEST(!std::signbit(at(f, 0)), f.name);
  }
  BOOST_TEST(std::signbit(first_of(-Lane(0.0))));
}

BOOST_AUTO_TEST_CASE(nan_compares_as_ieee_says) {
  const Lane x(double{nan}), one(1);
  const auto chosen = [](heed::LaneMask mask) { return first_of(where(mask, Lane(1), Lane(0.0))); };
  BOOST_TEST(chosen(x != x) == 1);
  BOOST_TEST(chosen(x != one) == 1);
  BOOST_TEST(chosen(x == x) == 0);
  BOOST_TEST(chosen(x < one) == 0);
  BOOST_TEST(chosen(x > one) == 0);
  BOOST_TEST(chosen(x >= one) == 0);
  BOOST_TEST(chosen(x <= one) == 0);
  BOOST_TEST(chosen(isnan(x)) == 1);
}

BOOST_AUTO_TEST_CASE(parts_of_a_lane) {
  Real from[64], to[64];
  for (int i = 0; i < 64; ++i) from[i] = static_cast<Real>(i + 1);
  for (heed::Index count = 0; count <= Lane::size; ++count) {
    std::fill_n(to, 64, Real{-1});
    const Lane part = Lane::load_part(from, count);
    part.store_part(to, count);
    for (heed::Index i = 0; i < 64; ++i) BOOST_TEST(to[i] == (i < count ? from[i] : -1));
    BOOST_TEST(sum_of(part) == static_cast<Real>(count * (count + 1) / 2));
  }
  BOOST_TEST(largest_of(Lane::load(from)) == static_cast<Real>(Lane::size));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
