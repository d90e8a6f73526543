// Kernel attention beyond the laws: the Gaussian as softmax, the ends of the bandwidth, no
// neighbours, kernels that are positive semidefinite.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>

#include "attention/dense/kernel.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

const std::vector<Kernel> all{Kernel::gaussian, Kernel::boxcar, Kernel::triangular,
                              Kernel::epanechnikov};

Tensor weights_of(const Tensor& q, const Tensor& k, double bandwidth, Kernel kernel) {
  const Tensor sigma = Tensor::scalar(static_cast<Real>(bandwidth));
  const KernelScores at = kernel_scores(squared_distance(q, k), sigma, kernel);
  return softmax_over(at.scores, at.near);
}

// kappa itself, up to its constant.
Tensor gram(const Tensor& points, double bandwidth, Kernel kernel) {
  const Tensor sigma = Tensor::scalar(static_cast<Real>(bandwidth));
  const KernelScores at = kernel_scores(squared_distance(points, points), sigma, kernel);
  return at.near.defined() ? where(at.near, exp(at.scores), 0.0) : exp(at.scores);
}

// The least pivot of a symmetric elimination: below 0 exactly when an eigenvalue is.
double least_pivot(const Tensor& matrix) {
  const auto n = static_cast<std::size_t>(matrix.dim(0));
  std::vector<double> a(matrix.values().begin(), matrix.values().end());
  double least = a[0];
  for (std::size_t p = 0; p < n; ++p) {
    least = std::min(least, a[p * n + p]);
    for (std::size_t i = p + 1; i < n && a[p * n + p] > 1e-9; ++i) {
      const double share = a[i * n + p] / a[p * n + p];
      for (std::size_t j = p; j < n; ++j) a[i * n + j] -= share * a[p * n + j];
    }
  }
  return least;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kernels)

BOOST_AUTO_TEST_CASE(gaussian_kernel_of_equal_norms_is_softmax) {
  const Tensor q = sample({4, 3}, 1), free = sample({6, 3}, 2);
  const Tensor k = free / sqrt(sum(square(free), {-1}, true)) * 2.0;
  for (const double sigma : {0.5, 1.0, 3.0}) {
    const Tensor soft = softmax_over(dot(q, k) * (1 / (sigma * sigma)), {});
    BOOST_TEST(distance(weights_of(q, k, sigma, Kernel::gaussian), soft) < 1e-12);
    BOOST_TEST(distance(weights_of(q, free, sigma, Kernel::gaussian),
                        softmax_over(dot(q, free) * (1 / (sigma * sigma)), {})) > 0.01);
  }
}

// With the bandwidth where it starts: softmax(q . k / sqrt(D)) for normalised keys.
BOOST_AUTO_TEST_CASE(bandwidth_starts_at_the_scale_of_the_dot_product) {
  Generator rng(1);
  const KernelAttention layer({.width = 8, .heads = 2}, rng);
  BOOST_TEST(distance(square(layer.bandwidths()), Tensor::full({2}, Real(2))) < 1e-12);  // sqrt 4
  const KernelAttention given({.width = 8, .kernel = Kernel::boxcar, .bandwidth = 0.3}, rng);
  BOOST_TEST(std::abs(given.bandwidths().item() - 0.3) < 1e-12);
  BOOST_CHECK_EXCEPTION(KernelAttention({.width = 8, .bandwidth = -1}, rng), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[kernel] bandwidth must not be negative: -1";
                        });
}

BOOST_AUTO_TEST_CASE(bandwidth_runs_from_the_nearest_to_the_mean) {
  const Tensor q = sample({5, 2}, 3), k = sample({9, 2}, 4);
  const Tensor nearest = one_hot(argmin(squared_distance(q, k), -1), 9);
  const Tensor even = Tensor::full({5, 9}, Real(1.0 / 9));
  BOOST_TEST(distance(weights_of(q, k, 1e-3, Kernel::gaussian), nearest) < 1e-9);
  for (const Kernel kernel : all) BOOST_TEST(distance(weights_of(q, k, 1e6, kernel), even) < 1e-5);
}

BOOST_AUTO_TEST_CASE(who_has_no_neighbour_reads_nothing) {
  const Tensor q({2, 1}, {0, 10}), k({3, 1}, {-0.5, 0.25, 2});
  for (const Kernel kernel : {Kernel::boxcar, Kernel::triangular, Kernel::epanechnikov}) {
    const Tensor weights = weights_of(q, k, 1, kernel);
    BOOST_TEST(largest(slice(weights, 0, 1, 2)) == 0.0);
    BOOST_TEST(weights.values()[2] == Real{0});
  }
  BOOST_TEST(distance(weights_of(q, k, 1, Kernel::boxcar),
                      Tensor({2, 3}, {0.5, 0.5, 0, 0, 0, 0})) < 1e-15);
  BOOST_TEST(distance(weights_of(q, k, 1, Kernel::triangular),
                      Tensor({2, 3}, {0.4, 0.6, 0, 0, 0, 0})) < 1e-12);
  BOOST_TEST(distance(weights_of(q, k, 1, Kernel::epanechnikov),
                      Tensor({2, 3}, {4.0 / 9, 5.0 / 9, 0, 0, 0, 0})) < 1e-12);
}

// On a line both are; the boxcar is not.
BOOST_AUTO_TEST_CASE(gaussian_and_triangular_are_positive_semidefinite) {
  double boxcar = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Tensor points = sample({8, 1}, 100 + seed);
    BOOST_TEST(least_pivot(gram(points, 0.7, Kernel::gaussian)) >= -1e-8);
    BOOST_TEST(least_pivot(gram(points, 0.7, Kernel::triangular)) >= -1e-8);
    boxcar = std::min(boxcar, least_pivot(gram(points, 0.7, Kernel::boxcar)));
  }
  BOOST_TEST(boxcar < -0.1);
}

BOOST_AUTO_TEST_CASE(derivatives_are_right_and_a_key_on_its_query_has_some) {
  const Tensor sigma = Tensor::scalar(Real(2.5));
  for (const Kernel kernel : {Kernel::gaussian, Kernel::triangular, Kernel::epanechnikov}) {
    const auto f = [kernel](const std::vector<Tensor>& x) {
      const KernelScores at = kernel_scores(squared_distance(x[0], x[1]), x[2], kernel);
      return softmax_over(at.scores, at.near);
    };
    BOOST_CHECK_NO_THROW(
        gradcheck(name_of(kernel), f, {sample({2, 2}, 5) * 0.5, sample({4, 2}, 6) * 0.5, sigma}));
  }
  Tensor q({1, 1}, {0.5});
  q.require_grad();
  const Tensor w = weights_of(q, Tensor({2, 1}, {0.5, 1}), 1, Kernel::triangular);
  BOOST_TEST(finite(grad({sum(w * Tensor({1, 2}, {1, 0}))}, {q})[0]));
}

BOOST_AUTO_TEST_CASE(smoothing_without_projections_has_a_bandwidth_only) {
  const Subject plain(find("kernel"), {.width = 4, .heads = 2}, true, {{"projections", 0}});
  BOOST_TEST(plain.mixer().parameter_count() == 2);
  const Tensor x = sample({1, 3, 4}, 7), context = sample({1, 6, 4}, 8);
  const Tensor y = plain({.x = x, .context = context});
  for (Index h = 0; h < 2; ++h) {
    const auto own = [&](const Tensor& t) { return select(slice(t, 2, 2 * h, 2 * h + 2), 0, 0); };
    const Tensor weights = weights_of(own(x), own(context), std::pow(2.0, 0.25), Kernel::gaussian);
    BOOST_TEST(distance(own(y), combine(weights, own(context))) < 1e-12);
  }
  // Decoding keeps the tokens themselves.
  const Subject causal(find("kernel"), {.width = 4, .causal = true}, true, {{"projections", 0}});
  const Tensor t = sample({1, 5, 4}, 9);
  MixerInput first{.x = slice(t, 1, 0, 3), .state = MixerState{}};
  const Mixed begun = causal.mixer().mix(first);
  const Mixed rest = causal.mixer().mix({.x = slice(t, 1, 3, 5), .state = begun.state});
  BOOST_TEST(distance(concat({begun.y, rest.y}, 1), causal(t)) < 1e-12);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
