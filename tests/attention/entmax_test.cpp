// alpha-entmax: published numbers, closed forms, its two ends, its derivatives; and the mechanism.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <vector>

#include "attention/dense/entmax.h"
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

// The threshold in closed form, from the scores in descending order: for alpha = 2 the tau of
// Martins and Astudillo 2016, algorithm 1; for 1.5 that of Peters et al. 2019, section 3.1, of
// halved scores. Of all supports the largest that is consistent counts.
double threshold(std::vector<double> z, double alpha) {
  std::sort(z.begin(), z.end(), std::greater<>());
  double tau = 0, sum = 0, squares = 0;
  for (std::size_t k = 1; k <= z.size(); ++k) {
    sum += z[k - 1];
    squares += z[k - 1] * z[k - 1];
    const auto count = static_cast<double>(k);
    const double mean = sum / count, spread = squares - count * mean * mean;
    const double rest = (1 - spread) / count;
    const double here = alpha == 2 ? mean - 1 / count : mean - std::sqrt(std::max(rest, 0.0));
    if (here <= z[k - 1]) tau = here;
  }
  return tau;
}

double worst_against_closed_form(double alpha) {
  double worst = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Tensor scores = sample({9}, 500 + seed) * 2.0;
    const Tensor p = entmax_over(scores, alpha, {});
    std::vector<double> z;
    for (const Real s : scores.values()) z.push_back((alpha - 1) * static_cast<double>(s));
    const double tau = threshold(z, alpha);
    for (std::size_t j = 0; j < z.size(); ++j) {
      const double exact = std::pow(std::max(z[j] - tau, 0.0), 1 / (alpha - 1));
      worst = std::max(worst, std::abs(exact - static_cast<double>(p.values()[j])));
    }
  }
  return worst;
}

Index zeros_in(const Tensor& p) {
  return std::count(p.values().begin(), p.values().end(), Real{0});
}

void expect_values(const Tensor& p, const std::vector<double>& expected) {
  for (std::size_t j = 0; j < expected.size(); ++j) {
    BOOST_TEST(std::abs(static_cast<double>(p.values()[j]) - expected[j]) < 5e-5);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(entmax)

// Printed with the package of the paper.
BOOST_AUTO_TEST_CASE(published_values) {
  const Tensor x({3}, {-2, 0, 0.5});
  expect_values(entmax_over(x, 1.0, {}), {0.0486, 0.3592, 0.5922});
  expect_values(entmax_over(x, 1.5, {}), {0, 0.3260, 0.6740});
  expect_values(entmax_over(x, 2.0, {}), {0, 0.25, 0.75});
  BOOST_TEST(entmax_over(x, 1.5, {}).values()[0] == 0);
  const Tensor alpha = Tensor::scalar(Real(1.33)).require_grad();
  const Tensor first = slice(entmax_over(Tensor({3}, {-1, 0, 0.5}), alpha, {}), 0, 0, 1);
  expect_values(grad({sum(first)}, {alpha})[0], {-0.2562});
}

BOOST_AUTO_TEST_CASE(newton_finds_the_closed_forms) {
  BOOST_TEST(worst_against_closed_form(1.5) < 1e-13);
  BOOST_TEST(worst_against_closed_form(2) < 1e-13);
}

// The distance from softmax is of first order in alpha - 1.
BOOST_AUTO_TEST_CASE(entmax_runs_from_softmax_to_sparsemax) {
  const Tensor scores = sample({4, 7}, 1);
  const Tensor soft = softmax_over(scores, {});
  const double far = distance(entmax_over(scores, 1.01, {}), soft);
  const double near = distance(entmax_over(scores, 1.001, {}), soft);
  BOOST_TEST(near < 1e-3);
  BOOST_TEST(std::abs(far / near - 10) < 0.3);
  BOOST_TEST(bitwise_equal(entmax_over(scores, 1.0, {}), soft));
  // More and more zeros towards sparsemax, whose support moves one for one with tau.
  const Index few = zeros_in(entmax_over(scores * 2.0, 1.1, {}));
  const Index some = zeros_in(entmax_over(scores * 2.0, 1.5, {}));
  const Index most = zeros_in(entmax_over(scores * 2.0, 2.0, {}));
  BOOST_TEST(few < some);
  BOOST_TEST(some < most);
  const attention::MixerShape shape{.width = 6, .heads = 2};
  const Subject as_softmax(find("adaptive-entmax"), shape, false, {{"alpha", 1}});
  const Subject multi_head(find("multihead"), shape);
  const Tensor x = sample({2, 5, 6}, 2);
  BOOST_TEST(distance(as_softmax(x), multi_head(x)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(derivatives_are_right_to_the_second_order) {
  for (const double alpha : {1.2, 1.5, 1.8}) {
    const Tensor alphas({3, 1}, {static_cast<Real>(alpha), Real(1.3), Real(1.6)});
    const Mask visible = padding({4}, 5).reshape({1, 5});
    const auto f = [&](const std::vector<Tensor>& x) { return entmax_over(x[0], x[1], visible); };
    BOOST_CHECK_NO_THROW(gradcheck("entmax", f, {sample({3, 5}, 3) * 0.5, alphas}));
  }
  const auto sparse = [](const std::vector<Tensor>& x) { return entmax_over(x[0], 2.0, {}); };
  BOOST_CHECK_NO_THROW(gradcheck("sparsemax", sparse, {Tensor({4}, {0.9, 0.2, -0.7, 0.4})}));
}

BOOST_AUTO_TEST_CASE(scores_of_any_size_and_rows_without_keys) {
  const Tensor scores = sample({3, 5}, 5);
  const Tensor p = entmax_over(scores, 1.5, {});
  BOOST_TEST(distance(entmax_over(scores + 1e4, 1.5, {}), p) < 1e-9);
  BOOST_TEST(finite(entmax_over(scores * 1e4, 1.3, {})));
  BOOST_TEST(distance(entmax_over(scores * 1e-9, 1.3, {}), Tensor::full({3, 5}, Real(0.2))) < 1e-8);
  const Tensor cold = entmax_over(scores * 1e4, 1.3, {});
  BOOST_TEST(distance(cold, one_hot(argmax(scores, -1), 5)) < 1e-12);
  Tensor leaf(scores.shape(), scores.values());
  leaf.require_grad();
  const Tensor nothing = entmax_over(leaf, 1.5, Mask({1, 5}, std::vector<std::uint8_t>(5, 0)));
  BOOST_TEST(largest(nothing) == 0.0);
  BOOST_TEST(largest(grad({sum(nothing * scores)}, {leaf})[0]) == 0.0);
  const Tensor many = entmax_over(sample({2, 2000}, 6) * 0.01, 1.5, {});
  BOOST_TEST(distance(sum(many, {-1}), Tensor::ones({2})) < 1e-12);
}

BOOST_AUTO_TEST_CASE(each_head_has_its_alpha_and_it_is_learned) {
  Generator rng(1);
  const Entmax learned({.width = 6, .heads = 2}, rng), fixed({.width = 6, .alpha = 1.5}, rng);
  BOOST_TEST(distance(learned.alphas(), Tensor::full({2}, Real(1.505))) < 1e-12);
  BOOST_TEST(fixed.alphas().item() == Real(1.5));
  BOOST_TEST(fixed.parameter_count() + 2 == learned.parameter_count());
  const Tensor x = sample({2, 5, 6}, 7);
  const Tensor alpha = parameter_of(learned, "alpha");
  const Tensor slope = grad({sum(square(learned.mix({.x = x}).y))}, {alpha})[0];
  BOOST_TEST(std::abs(slope.values()[0]) > 1e-6);
  BOOST_TEST(std::abs(slope.values()[1]) > 1e-6);
  alpha.assign(Tensor({2}, {-40, 40}));
  BOOST_TEST(distance(learned.alphas(), Tensor({2}, {1.01, 2})) < 1e-12);
}

BOOST_AUTO_TEST_CASE(alphas_out_of_range_are_refused) {
  const Tensor scores = sample({2, 3}, 8);
  BOOST_CHECK_EXCEPTION(entmax_over(scores, 0.5, {}), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[entmax_over] alpha must lie in (1, 2]: got 0.5\nhint: at 1 it is softmax_over";
  });
  BOOST_CHECK_THROW(entmax_over(scores, Tensor::scalar(1), {}), ValueError);
  BOOST_CHECK_THROW(entmax_over(scores, std::nan(""), {}), ValueError);
  Generator rng(1);
  BOOST_CHECK_EXCEPTION(Entmax({.width = 6, .alpha = 3}, rng), ValueError,
                        [](const ValueError& error) {
                          return std::string(error.what()) ==
                                 "[adaptive-entmax] alpha must be 0 (learned) or lie in [1, 2]: 3";
                        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
