// Initial values: bounds, means and variances that a wrong formula would miss.
#include "nn/init.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "nn/linear.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

struct Statistics {
  double mean = 0;
  double deviation = 0;
  double largest = 0;
  double fourth = 0;  // E[(x - mean)^4] / deviation^4: 3 for a normal, 1.8 for a uniform
};

Statistics statistics_of(const Tensor& x) {
  const auto n = static_cast<double>(x.size());
  Statistics s;
  for (const Real v : x.values()) {
    s.mean += static_cast<double>(v) / n;
    s.largest = std::max(s.largest, std::abs(static_cast<double>(v)));
  }
  double second = 0;
  for (const Real v : x.values()) {
    const double square = std::pow(static_cast<double>(v) - s.mean, 2);
    second += square / n;
    s.fourth += square * square / n;
  }
  s.deviation = std::sqrt(second);
  s.fourth /= second * second;
  return s;
}

// Each within 5 standard errors of what a draw of this size has.
void check_moments(const Tensor& x, double deviation, double fourth) {
  const auto n = static_cast<double>(x.size());
  const Statistics s = statistics_of(x);
  BOOST_CHECK_SMALL(s.mean, 5 * deviation / std::sqrt(n));
  BOOST_CHECK_SMALL(s.deviation / deviation - 1, 5 * std::sqrt((fourth - 1) / (4 * n)));
  BOOST_CHECK_SMALL(s.fourth - fourth, 0.25);
}

void check_uniform(const Tensor& x, double bound) {
  check_moments(x, bound / std::sqrt(3.0), 1.8);
  BOOST_CHECK_LE(statistics_of(x).largest, bound * (1 + 1e-6));
  BOOST_CHECK_GE(statistics_of(x).largest, 0.999 * bound);
}

void check_normal(const Tensor& x, double deviation) {
  check_moments(x, deviation, 3);
  BOOST_CHECK_GE(statistics_of(x).largest, 3 * deviation);
}

BOOST_AUTO_TEST_SUITE(init)

BOOST_AUTO_TEST_CASE(xavier) {
  Generator rng(3);
  check_uniform(nn::xavier_uniform({160, 80}, rng, 2), 2 * std::sqrt(6.0 / 240));
  check_uniform(nn::xavier_uniform({80, 40, 5}, rng), std::sqrt(6.0 / (5 * 120)));
  check_normal(nn::xavier_normal({160, 80}, rng), std::sqrt(2.0 / 240));
  check_normal(nn::xavier_normal({80, 40, 5}, rng, nn::gain::tanh),
               5.0 / 3 * std::sqrt(2.0 / (5 * 120)));
}

BOOST_AUTO_TEST_CASE(kaiming) {
  Generator rng(3);
  using nn::Fan;
  check_uniform(nn::kaiming_uniform({160, 80}, rng), std::sqrt(6.0 / 80));
  check_uniform(nn::kaiming_uniform({160, 80}, rng, {.fan = Fan::out}), std::sqrt(6.0 / 160));
  check_uniform(nn::kaiming_uniform({160, 80}, rng, {.gain = nn::gain::leaky_relu(2)}),
                std::sqrt(6.0 / (5 * 80)));
  check_normal(nn::kaiming_normal({160, 80}, rng), std::sqrt(2.0 / 80));
  check_normal(nn::kaiming_normal({80, 40, 5}, rng, {.gain = 1, .fan = Fan::out}),
               std::sqrt(1.0 / (5 * 80)));
  BOOST_CHECK_CLOSE(nn::gain::leaky_relu(0), nn::gain::relu, 1e-12);
}

// A network of such layers keeps the size of what flows through it: what the rule is for.
BOOST_AUTO_TEST_CASE(kaiming_keeps_the_scale_of_deep_relu_networks) {
  Generator rng(5);
  Tensor x = rng.normal({64, 256});
  for (int layer = 0; layer < 20; ++layer) {
    x = relu(matmul(x, nn::kaiming_normal({256, 256}, rng), {.transpose_b = true}));
  }
  const double energy = mean(square(x)).item();  // E[relu(z)^2] = E[z^2] / 2
  BOOST_CHECK_GT(energy, 0.25);
  BOOST_CHECK_LT(energy, 4.0);
}

BOOST_AUTO_TEST_CASE(linear_layers) {
  Generator rng(3);
  check_uniform(nn::Linear(80, 160, rng).weight(), 1 / std::sqrt(80.0));
}

double distance_from_identity(const Tensor& square, double scale) {
  double worst = 0;
  for (Index i = 0; i < square.dim(0); ++i) {
    for (Index j = 0; j < square.dim(1); ++j) {
      const double expected = i == j ? scale : 0;
      const double off = std::abs(square.data()[i * square.dim(1) + j] - expected);
      if (!std::isfinite(off)) return off;  // max() would forget a NaN
      worst = std::max(worst, off);
    }
  }
  return worst;
}

BOOST_AUTO_TEST_CASE(orthogonal_rows_or_columns) {
  Generator rng(3);
  const double tolerance = sizeof(Real) == 8 ? 1e-10 : 1e-5;
  const Tensor wide = nn::orthogonal({20, 35}, rng);
  const Tensor tall = nn::orthogonal({35, 20}, rng, 3);
  const Tensor kernel = reshape(nn::orthogonal({6, 2, 3}, rng), {6, 6});
  const auto gram = [](const Tensor& x) { return matmul(x, x, {.transpose_b = true}); };
  BOOST_CHECK_SMALL(distance_from_identity(gram(wide), 1), tolerance);
  BOOST_CHECK_SMALL(distance_from_identity(gram(transpose(tall)), 9), 9 * tolerance);
  BOOST_CHECK_SMALL(distance_from_identity(gram(kernel), 1), tolerance);
  BOOST_CHECK(nn::orthogonal({0, 3}, rng).shape() == Shape({0, 3}));
  // So many square ones are nearly dependent: made orthogonal once, they are off a hundred times.
  const Tensor large = nn::orthogonal({200, 200}, rng);
  BOOST_CHECK_SMALL(distance_from_identity(gram(large), 1), sizeof(Real) == 8 ? 5e-15 : 2e-6);
}

// All rotations and reflections are equally likely: every element is a coordinate of a point on the
// sphere, of mean 0, and half of the determinants are negative.
BOOST_AUTO_TEST_CASE(orthogonal_matrices_of_every_kind) {
  Generator rng(3);
  constexpr int draws = 4000;
  double corner = 0, squares = 0, negative = 0;
  for (int i = 0; i < draws; ++i) {
    const Tensor x = nn::orthogonal({2, 2}, rng);
    const Real* v = x.data();
    corner += static_cast<double>(v[0]) / draws;
    squares += std::pow(static_cast<double>(v[3]), 2) / draws;
    negative += v[0] * v[3] - v[1] * v[2] < 0;
  }
  const double error = 5 / std::sqrt(draws);  // 5 standard errors of a fair coin, twice
  BOOST_CHECK_SMALL(corner, error * std::sqrt(0.5));
  BOOST_CHECK_SMALL(squares - 0.5, error * std::sqrt(0.125));
  BOOST_CHECK_SMALL(negative / draws - 0.5, error / 2);
}

// Against the moments of the truncated distribution: with a = low, b = high in deviations,
// m = (phi(a) - phi(b)) / Z and s^2 = 1 + (a phi(a) - b phi(b)) / Z - m^2.
BOOST_AUTO_TEST_CASE(truncated_normal_has_the_moments_of_what_is_left) {
  Generator rng(3);
  const double mean = 0.5, deviation = 2, low = -0.5, high = 3.5;
  const Tensor x = nn::truncated_normal({40000}, rng, {mean, deviation, low, high});
  const double a = (low - mean) / deviation, b = (high - mean) / deviation;
  const auto density = [](double t) { return std::exp(-t * t / 2) / std::sqrt(2 * M_PI); };
  const auto below = [](double t) { return (1 + std::erf(t / std::sqrt(2.0))) / 2; };
  const double z = below(b) - below(a);
  const double m = (density(a) - density(b)) / z;
  const double s = std::sqrt(1 + (a * density(a) - b * density(b)) / z - m * m);
  const Statistics got = statistics_of(x);
  BOOST_CHECK_SMALL(got.mean - (mean + deviation * m), 5 * deviation * s / std::sqrt(40000.0));
  BOOST_CHECK_SMALL(got.deviation / (deviation * s) - 1, 0.015);
  BOOST_CHECK_GE(*std::min_element(x.values().begin(), x.values().end()), low);
  BOOST_CHECK_LE(*std::max_element(x.values().begin(), x.values().end()), high);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Generator rng(3);
  expect_throw<ShapeError>([&] { nn::xavier_uniform({4}, rng); },
                           "[xavier_uniform] needs at least (out, in), got (4)");
  expect_throw<ShapeError>([&] { nn::kaiming_normal({}, rng); },
                           "[kaiming_normal] needs at least (out, in), got ()");
  expect_throw<ShapeError>([&] { nn::orthogonal({4}, rng); },
                           "[orthogonal] needs at least (out, in), got (4)");
  expect_throw<ValueError>([&] { nn::fan_in_uniform({4}, 0, rng); },
                           "[fan_in_uniform] fan_in must be at least 1, got 0");
  expect_throw<ValueError>([&] { nn::truncated_normal({4}, rng, {.deviation = 0}); },
                           "[truncated_normal] deviation must be above 0, got 0");
  expect_throw<ValueError>(
      [&] { nn::truncated_normal({4}, rng, {.low = 3, .high = 4}); },
      "[truncated_normal] [3, 4] must hold at least 1 % of N(0, 1^2), and holds 0.13 %");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
