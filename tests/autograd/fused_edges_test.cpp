// The fused ops where numbers end: -inf, NaN, rows and labels that do not count.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "autograd/ops.h"
#include "autograd/ops/twins.h"

namespace heed_test {
namespace {

using heed::Index;
using heed::Indices;
using heed::Mask;
using heed::Real;
using heed::Tensor;

constexpr Real inf = std::numeric_limits<Real>::infinity();
constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

// dy / dx against the cotangent, by the kernel and by the recorded rule.
std::vector<Tensor> both_gradients(const Tensor& y, const Tensor& x, const Tensor& g) {
  return {heed::grad({y}, {x}, {.keep_graph = true}, {g})[0],
          heed::grad({y}, {x}, {.create_graph = true}, {g})[0]};
}

bool all_are(const Tensor& x, Real value) {
  for (const Real v : x.values()) {
    if (v != value) return false;
  }
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(edges)

BOOST_AUTO_TEST_CASE(softmax_of_nothing_but_minus_infinity_is_zero) {
  Tensor x = Tensor::full({2, 11}, -inf).require_grad();
  const Tensor y = heed::softmax(x);
  BOOST_TEST(all_are(y, 0));
  for (const Tensor& dx : both_gradients(y, x, Tensor::ones({2, 11}))) BOOST_TEST(all_are(dx, 0));
  const Tensor z = heed::log_softmax(x);
  BOOST_TEST(all_are(z, -inf));
  for (const Tensor& dx : both_gradients(z, x, Tensor::ones({2, 11}))) BOOST_TEST(all_are(dx, 0));
}

BOOST_AUTO_TEST_CASE(softmax_shows_a_nan) {
  std::vector<Real> values(19, 1);
  for (const std::size_t at : {0u, 7u, 18u}) {
    std::vector<Real> broken = values;
    broken[at] = nan;
    const Tensor y = heed::softmax(Tensor({19}, broken));  // named: the loop reads its memory
    for (const Real value : y.values()) BOOST_TEST(std::isnan(value));
  }
}

BOOST_AUTO_TEST_CASE(what_a_mask_hides_neither_comes_out_nor_gets_anything) {
  const Index n = 13;
  std::vector<Real> values(n, 2), cotangent(n, 3);
  std::vector<std::uint8_t> visible(n, 1);
  for (const std::size_t at : {1u, 12u}) {
    visible[at] = 0;
    values[at] = nan;
    cotangent[at] = inf;
  }
  Tensor x = Tensor({n}, values).require_grad();
  const Tensor y = heed::masked_softmax(x, Mask({n}, visible));
  for (Index i = 0; i < n; ++i) {
    const double expected = visible[static_cast<std::size_t>(i)] ? 1.0 / 11 : 0;
    BOOST_TEST(std::abs(y.data()[i] - expected) < 1e-15);
  }
  for (const Tensor& dx : both_gradients(y, x, Tensor({n}, cotangent))) {
    for (const Real v : dx.values()) BOOST_TEST(std::abs(v) < 1e-15);
  }
  // A visible cotangent of NaN spoils the row, but not what the row does not see.
  cotangent[0] = nan;
  for (const Tensor& dx : both_gradients(y, x, Tensor({n}, cotangent))) {
    BOOST_TEST(dx.data()[1] == 0);
    BOOST_TEST(dx.data()[12] == 0);
    BOOST_TEST(std::isnan(dx.data()[2]));
  }
}

BOOST_AUTO_TEST_CASE(layer_norm_keeps_a_small_variance_beside_a_large_mean) {
  std::vector<Real> values(64);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1e8 + (i % 2 ? 1 : -1);
  const Tensor x({64}, values);
  const Tensor y = heed::layer_norm(x, Tensor::ones({64}), Tensor::zeros({64}), 0);
  for (Index i = 0; i < 64; ++i) BOOST_TEST(std::abs(y.data()[i] - (i % 2 ? 1 : -1)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(layer_norm_without_rows_gives_zero_gradients) {
  const Tensor x = Tensor::empty({0, 5});
  Tensor w = Tensor::ones({5}).require_grad(), b = Tensor::ones({5}).require_grad();
  heed::sum(heed::layer_norm(x, w, b)).backward();
  BOOST_TEST(all_are(w.grad(), 0));
  BOOST_TEST(all_are(b.grad(), 0));
}

BOOST_AUTO_TEST_CASE(cross_entropy_without_a_counted_row_is_zero) {
  Tensor x = Tensor::full({2, 3}, nan).require_grad();
  const Tensor loss = heed::cross_entropy(x, Indices({2}, {7, 7}), {.ignore_index = 7});
  BOOST_TEST(loss.item() == 0);
  for (const Tensor& dx : both_gradients(loss, x, Tensor::scalar(1))) BOOST_TEST(all_are(dx, 0));
}

BOOST_AUTO_TEST_CASE(cross_entropy_of_far_logits_is_their_distance) {
  Tensor x = Tensor({1, 3}, {1e4, 0, -1e4}).require_grad();
  BOOST_TEST(heed::cross_entropy(x, Indices({1}, {2})).item() == 2e4);
  heed::cross_entropy(x, Indices({1}, {2})).backward();
  const Real expected[] = {1, 0, -1};
  for (Index i = 0; i < 3; ++i) BOOST_TEST(x.grad().data()[i] == expected[i]);
}

BOOST_AUTO_TEST_CASE(cross_entropy_names_the_label_it_refuses) {
  const Tensor x = Tensor::zeros({2, 2, 3});
  BOOST_CHECK_EXCEPTION(
      heed::cross_entropy(x, Indices({2, 2}, {0, 1, 3, 0})), heed::ValueError, [](const auto& e) {
        return std::string(e.what()) ==
               "[cross_entropy] label 3 at position 2 is outside [0, 3), the classes\n"
               "hint: rows to leave out are labelled ignore_index, here -100";
      });
  BOOST_CHECK_THROW(heed::cross_entropy(x, Indices({2, 3}, {0, 0, 0, 0, 0, 0})), heed::ShapeError);
}

BOOST_AUTO_TEST_CASE(dropout_drops_p_and_keeps_the_mean) {
  constexpr Index n = 200'000;
  heed::Generator rng(3);
  const Tensor y = heed::dropout(Tensor::ones({n}), 0.2, rng);
  Index dropped = 0;
  for (const Real v : y.values()) {
    BOOST_REQUIRE((v == 0 || v == 1.25));
    dropped += v == 0;
  }
  BOOST_TEST(std::abs(static_cast<double>(dropped) - 0.2 * n) < 4 * std::sqrt(0.16 * n));
  BOOST_TEST(rng.counter() == static_cast<std::uint64_t>(n));
  BOOST_TEST(all_are(heed::dropout(Tensor::ones({9}), 1, rng), 0));
  BOOST_TEST(all_are(heed::dropout(Tensor::ones({9}), 0, rng), 1));
  BOOST_CHECK_THROW(heed::dropout(Tensor::ones({9}), 1.5, rng), heed::ValueError);
  BOOST_CHECK_THROW(heed::dropout(Tensor::ones({9}), nan, rng), heed::ValueError);
}

BOOST_AUTO_TEST_CASE(digits_are_kept_beside_a_large_offset) {
  for (const double offset : {0.0, 1e2, 1e4, 1e6, 1e8, 1e12}) {
    Tensor x = Tensor::full({1, 2}, static_cast<Real>(offset));
    x.require_grad();
    const double half = std::log(0.5);
    const Tensor y = heed::log_softmax(x), twin = heed::twin::log_softmax(x);
    for (const Tensor& each : {y, twin}) {
      BOOST_TEST(std::abs(static_cast<double>(each.data()[0]) - half) < 1e-12, offset);
    }
    const Tensor first(heed::Shape{1, 2}, {1, 0});
    for (const Tensor& each : {y, twin}) {
      const Tensor g = heed::grad({sum(each * first)}, {x})[0];
      BOOST_TEST(std::abs(static_cast<double>(g.data()[0]) - 0.5) < 1e-12, offset);
      BOOST_TEST(std::abs(static_cast<double>(g.data()[1]) + 0.5) < 1e-12, offset);
    }
    const Tensor shares = heed::grad({sum(heed::logsumexp(x, -1))}, {x})[0];
    BOOST_TEST(std::abs(static_cast<double>(shares.data()[0]) - 0.5) < 1e-12, offset);
    BOOST_TEST(std::abs(static_cast<double>(shares.data()[1]) - 0.5) < 1e-12, offset);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
