// Layers and losses on very large numbers, and on small differences of large ones.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <limits>

#include "autograd/ops.h"
#include "nn/batch_norm.h"
#include "nn/distance.h"
#include "nn/group_norm.h"
#include "nn/instance_norm.h"
#include "nn/similarity.h"

namespace heed_test {
namespace {

using namespace heed;

constexpr double epsilon = std::numeric_limits<Real>::epsilon();
// Squares of its numbers are beyond the range of Real.
constexpr double huge = sizeof(Real) == sizeof(float) ? 1e30 : 1e200;

double largest_difference(const Tensor& a, const Tensor& b) {
  return static_cast<double>(max(abs(a - b)).item());
}

// What a layer that normalises makes of x does not depend on the unit of x, nor on an offset whose
// sum with x is exact; and its gradient is that of x divided by the unit.
void check_normalising(const std::function<Tensor(const Tensor&)>& layer) {
  const double unit = std::exp2(std::floor(std::log2(huge)));
  const Tensor whole = floor(Generator(1).uniform({4, 6, 5}, 0, 100));  // exact at any offset
  const Tensor g = Generator(2).normal({4, 6, 5});
  const Tensor x = whole.detach().require_grad();
  const Tensor y = layer(x), dx = grad({y}, {x}, {}, {g})[0];
  BOOST_TEST(largest_difference(layer(whole + 0x1p20), y) < 1e-5);
  const Tensor large = (whole * unit).detach().require_grad();
  const Tensor y_large = layer(large);
  BOOST_TEST(largest_difference(y_large, y) < 1e-5);
  const Tensor dx_large = grad({y_large}, {large}, {.create_graph = true}, {g})[0];
  BOOST_TEST(largest_difference(dx_large * unit, dx) < 1e-5);
  BOOST_TEST(all(isfinite(grad({sum(dx_large * g)}, {large})[0])));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scales)

BOOST_AUTO_TEST_CASE(normalising_layers) {
  const nn::BatchNorm batch(6), plain(6, {.affine = false, .track_running_stats = false});
  const nn::GroupNorm group(2, 6);
  const nn::InstanceNorm instance(6);
  check_normalising([&](const Tensor& x) { return batch(x); });
  check_normalising([&](const Tensor& x) { return plain(x); });
  check_normalising([&](const Tensor& x) { return group(x); });
  check_normalising([&](const Tensor& x) { return instance(x); });
}

BOOST_AUTO_TEST_CASE(distances_and_directions) {
  const Tensor a({2, 3}, {1, 2, 3, 4, 5, 6}), b({2, 3}, {3, 1, 7, 1, 1, 1});
  for (const double unit : {1 / huge, 1.0, huge}) {
    for (const double p : {1.0, 1.5, 2.0, 3.0, std::numeric_limits<double>::infinity()}) {
      const nn::PairwiseDistanceOptions options{.p = p, .eps = 0};
      const Tensor x = (a * unit).detach().require_grad();
      const Tensor x1 = a.detach().require_grad();
      const Tensor d = nn::pairwise_distance(x, b * unit, options);
      const Tensor d1 = nn::pairwise_distance(x1, b, options);
      BOOST_TEST(largest_difference(d / unit, d1) < 30 * epsilon, unit << " p " << p);
      BOOST_TEST(largest_difference(grad({sum(d)}, {x})[0], grad({sum(d1)}, {x1})[0]) <
                     30 * epsilon,
                 unit << " p " << p);
    }
  }
  BOOST_TEST(largest_difference(nn::cosine_similarity(a * huge, b * huge),
                                nn::cosine_similarity(a, b)) < 10 * epsilon);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
