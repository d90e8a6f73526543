// What the table of operations does not say of linear equations: signs, limits, large systems.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Shape;
using heed::Tensor;

constexpr double infinity = std::numeric_limits<double>::infinity();

double gap(const Tensor& a, const Tensor& b) {
  return static_cast<double>(heed::max(heed::abs(a - b)).item());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(solve)

BOOST_AUTO_TEST_CASE(signs_and_logarithms_of_determinants) {
  // 1, -1 by an exchange of rows, -6, 0.
  const Tensor a(Shape{4, 2, 2}, {1, 0, 0, 1, 0, 1, 1, 0, 2, 0, 0, -3, 1, 2, 2, 4});
  const auto [sign, size] = heed::slogdet(a);
  const double signs[] = {1, -1, -1, 0}, sizes[] = {0, 0, std::log(6.0), -infinity};
  const Tensor log = heed::logdet(a);
  for (Index i = 0; i < 4; ++i) {
    BOOST_TEST(sign.data()[i] == signs[i]);
    BOOST_TEST((size.data()[i] == sizes[i] || std::abs(size.data()[i] - sizes[i]) < 1e-15));
  }
  BOOST_TEST(log.data()[0] == 0);
  BOOST_TEST(std::isnan(log.data()[1]));
  BOOST_TEST(log.data()[3] == -infinity);
  BOOST_TEST(heed::slogdet(Tensor::zeros({0, 0})).sign.item() == 1);
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_determinant_is_the_inverse_turned_round) {
  heed::gradcheck(
      "slogdet", [](const std::vector<Tensor>& x) { return heed::slogdet(x[0]).logabsdet; },
      {Tensor(Shape{2, 2, 2}, {1, 2, 3, -1, -2, 1, 1, 3})}, {.order = 2});
  Tensor singular = Tensor::ones({2, 2}).require_grad();
  heed::slogdet(singular).logabsdet.backward();
  for (const auto g : singular.grad().values()) BOOST_TEST(std::isnan(g));
}

// Beyond what LAPACK does without blocks.
BOOST_AUTO_TEST_CASE(large_systems) {
  const Index n = 150;
  const Tensor m = heed::Generator(1).normal({n, n}), b = heed::Generator(2).normal({n, 4});
  BOOST_TEST(gap(heed::matmul(m, heed::solve(m, b)), b) < 1e-9);
  BOOST_TEST(gap(heed::matmul(heed::inverse(m), m), Tensor::eye(n)) < 1e-9);
  const Tensor even = heed::matmul(m, m, {.transpose_b = true}) + Tensor::eye(n);
  const Tensor l = heed::cholesky(even);
  BOOST_TEST(gap(heed::matmul(l, l, {.transpose_b = true}), even) < 1e-10);
  BOOST_TEST(gap(heed::triu(l, 1), Tensor::zeros({n, n})) == 0);
  const Tensor half = heed::solve_triangular(l, b);
  const Tensor whole = heed::solve_triangular(heed::transpose(l), half, {.upper = true});
  BOOST_TEST(gap(whole, heed::solve(even, b)) < 1e-9);
  BOOST_TEST(gap(heed::logdet(even), heed::sum(heed::log(heed::diagonal(l))) * 2) < 1e-9);
}

// As in PyTorch: a triangle with a 0 on its diagonal is not refused.
BOOST_AUTO_TEST_CASE(a_singular_triangle_shows) {
  const Tensor x = heed::solve_triangular(Tensor(Shape{2, 2}, {1, 0, 1, 0}), Tensor({2}, {1, 3}));
  BOOST_TEST(x.data()[0] == 1);
  BOOST_TEST(!std::isfinite(x.data()[1]));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
