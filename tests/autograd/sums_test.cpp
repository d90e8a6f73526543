// Sums of many numbers in float, where adding one at a time stops at 2^24.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Shape;
using heed::Tensor;

constexpr Index many = Index{1} << 25;

// The largest distance from 1.
double off_from_one(const Tensor& x) {
  double most = 0;
  for (const heed::Real value : x.values()) most = std::max(most, std::abs(double{value} - 1));
  return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sums)

BOOST_AUTO_TEST_CASE(mean_of_2_to_the_25_ones) {
  const Tensor ones = Tensor::ones({many});
  BOOST_TEST(off_from_one(heed::mean(ones)) == 0);
  for (const auto& [shape, axis] : {std::pair{Shape{many, 1}, 0},
                                    {Shape{1, many}, 1},
                                    {Shape{many / 2, 2}, 0},
                                    {Shape{2, many / 2}, 1},
                                    {Shape{2, many / 4, 2}, 1},
                                    {Shape{many / 64, 64}, 0}}) {
    BOOST_TEST(off_from_one(heed::mean(reshape(ones, shape), {axis})) == 0,
               shape.str() << " over axis " << axis);
  }
}

// In float the neighbours of 10^7 are 1 apart: a mean of 10^7 + 1.5 is rounded by a half.
BOOST_AUTO_TEST_CASE(variance_beside_a_large_mean) {
  std::vector<heed::Real> values;
  for (int i = 0; i < 1000; ++i) values.push_back(static_cast<heed::Real>(10'000'000 + i % 4));
  const Tensor x({1000, 1}, values), columns = heed::expand(x, {1000, 70});
  const double expected = 1.25 * 1000 / 999;
  BOOST_TEST(off_from_one(heed::var(x) / expected) < 1e-6);
  BOOST_TEST(off_from_one(heed::var(columns, {0}) / expected) < 1e-6);
  BOOST_TEST(off_from_one(heed::var(heed::transpose(columns), {1}) / expected) < 1e-6);
}

BOOST_AUTO_TEST_CASE(gradients_of_things_used_many_times) {
  // The bias is used by every row: its gradient is a sum over all of them.
  heed::Tensor bias = Tensor::zeros({2}).require_grad();
  (Tensor::zeros({many / 2, 2}) + bias).backward(Tensor::ones({many / 2, 2}));
  BOOST_TEST(off_from_one(bias.grad() / static_cast<double>(many / 2)) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
