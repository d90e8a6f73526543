// Losses: derivatives of any order, the edges of their domains, and what they refuse. Values stand
// beside PyTorch's in tests/golden/.
#include "nn/losses.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/distance.h"
#include "nn/similarity.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;
using Inputs = std::vector<Tensor>;

const Indices labels({0, 2, 1});
constexpr bool exact = sizeof(Real) == 8;
constexpr double percent = exact ? 1e-9 : 1e-3;  // of difference

// Differences of prediction and target that lie away from every kink: 0, 1 and the margins.
Inputs pair_away_from_kinks() {
  const Tensor x({3, 3}, {0.125, -0.375, 2.25, 0.625, -1.75, 0.25, 0.875, 1.375, -0.25});
  const Tensor y({3, 3}, {0.375, 0.25, -0.125, 0.25, 0.125, -0.875, 0.25, 0.125, 0.25});
  return {x, y};
}

BOOST_AUTO_TEST_SUITE(losses)

BOOST_AUTO_TEST_CASE(derivatives) {
  const auto check = [](const char* name, const TensorFunction& f, const Inputs& inputs) {
    gradcheck(name, f, inputs, {.order = exact ? 3 : 1});
  };
  const Inputs pair = pair_away_from_kinks();
  const Inputs logs = {log_softmax(pair[0]), softmax(pair[1])};
  check(
      "mse", [](const Inputs& v) { return nn::mse(v[0], v[1]); }, pair);
  check(
      "huber", [](const Inputs& v) { return nn::huber(v[0], v[1]); }, pair);
  check(
      "smooth_l1", [](const Inputs& v) { return nn::smooth_l1(v[0], v[1], 0.4); }, pair);
  check("bce",
        [](const Inputs& v) {
          return nn::binary_cross_entropy_with_logits(v[0], v[1], {.pos_weight = v[2]});
        },
        {pair[0], sigmoid(pair[1]), Tensor({3}, {0.5, 2, 1})});
  check(
      "kl_div", [](const Inputs& v) { return nn::kl_div(v[0], v[1]); }, logs);
  check(
      "l1", [](const Inputs& v) { return nn::l1(v[0], v[1]); }, pair);
  check("binary_cross_entropy",
        [](const Inputs& v) {
          return nn::binary_cross_entropy(v[0], v[1], {.weight = v[2]});
        },
        {sigmoid(pair[0]), sigmoid(pair[1]), Tensor({3}, {0.5, 2, 1})});
  check("nll", [](const Inputs& v) { return nn::nll(v[0], labels, {.ignore_index = 2}); },
        {logs[0]});
  check("triplet_margin",
        [](const Inputs& v) {
          return nn::triplet_margin(v[0], v[1], v[2], {.margin = 4, .p = 3, .swap = true});
        },
        {pair[0], pair[1], pair[0] * pair[1]});
  check("multi_margin", [](const Inputs& v) { return nn::multi_margin(v[0], labels, {.p = 2}); },
        {pair[0]});
  check(
      "cosine_similarity", [](const Inputs& v) { return nn::cosine_similarity(v[0], v[1]); }, pair);
  check(
      "cosine_embedding",
      [](const Inputs& v) {
        return nn::cosine_embedding(v[0], v[1], Indices({1, -1, -1}), {.margin = -0.9});
      },
      pair);
  check(
      "info_nce",
      [](const Inputs& v) {
        return nn::info_nce(v[0], v[1], {.temperature = 0.5, .symmetric = true});
      },
      pair);
}

BOOST_AUTO_TEST_CASE(reductions) {
  const Tensor a({2}, {1, 2});
  const Tensor b({2}, {3, 5});
  BOOST_CHECK_EQUAL(nn::mse(a, b).item(), Real(6.5));
  BOOST_CHECK_EQUAL(nn::mse(a, b, Reduction::sum).item(), Real(13));
  BOOST_CHECK_EQUAL(nn::mse(a, b, Reduction::none).data()[1], Real(9));
  const Tensor nothing = Tensor::zeros({0, 3});
  BOOST_CHECK_EQUAL(nn::mse(nothing, nothing).item(), Real(0));
  BOOST_CHECK_EQUAL(nn::multi_margin(nothing, Indices()).item(), Real(0));
}

// Linear, not infinite, where a logit is wrong by far; and no digit lost where it is right.
BOOST_AUTO_TEST_CASE(far_logits) {
  Tensor logits({4}, {1e4, -1e4, 1e4, -1e4});
  const Tensor target({4}, {0, 1, 1, 0});
  logits.require_grad();
  const Tensor each =
      nn::binary_cross_entropy_with_logits(logits, target, {.reduction = Reduction::none});
  const Real expected[] = {1e4, 1e4, 0, 0}, slopes[] = {1, -1, 0, 0};
  sum(each).backward();
  for (Index i = 0; i < 4; ++i) {
    BOOST_CHECK_EQUAL(each.data()[i], expected[i]);
    BOOST_CHECK_EQUAL(logits.grad().data()[i], slopes[i]);
  }
}

// PyTorch's bound of 100 a term; no derivative where it would be infinite, and NaN shows.
BOOST_AUTO_TEST_CASE(probabilities_of_0_and_1) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  Tensor p({5}, {0, 1, 0, 1, nan});
  const Tensor target({5}, {1, 0, 0, 1, 1});
  p.require_grad();
  const Tensor each = nn::binary_cross_entropy(p, target, {.reduction = Reduction::none});
  const Real expected[] = {100, 100, 0, 0};
  sum(each).backward();
  for (Index i = 0; i < 4; ++i) {
    BOOST_CHECK_EQUAL(each.data()[i], expected[i]);
    BOOST_CHECK_EQUAL(p.grad().data()[i], i == 2 ? 1 : i == 3 ? -1 : 0);
  }
  BOOST_CHECK(std::isnan(each.data()[4]));
}

BOOST_AUTO_TEST_CASE(nll_is_cross_entropy_of_log_probabilities) {
  Generator rng(3);
  const Tensor logits = rng.normal({2, 3, 4});
  const Indices ids({2, 3}, {0, -100, 3, 1, 2, 0});
  BOOST_CHECK_CLOSE(static_cast<double>(nn::nll(log_softmax(logits), ids).item()),
                    static_cast<double>(cross_entropy(logits, ids).item()), percent);
  Tensor q = log_softmax(logits).detach();
  q.require_grad();
  const Indices nobody = Indices({2, 3}, std::vector<std::int32_t>(6, -100));
  const Tensor none = nn::nll(q, nobody);
  BOOST_CHECK_EQUAL(none.item(), Real(0));
  none.backward();
  for (const Real g : q.grad().values()) BOOST_CHECK_EQUAL(g, Real(0));
  BOOST_CHECK_EQUAL(nn::nll(Tensor::zeros({2, 3, 0}), nobody).item(), Real(0));
}

// What cannot happen costs nothing, whatever was predicted for it.
BOOST_AUTO_TEST_CASE(divergence_from_what_cannot_happen) {
  Tensor target({3}, {0, 0.25, 0.75});
  Tensor q({3}, {-std::numeric_limits<Real>::infinity(), std::log(Real(0.5)), std::log(Real(0.5))});
  target.require_grad();
  q.require_grad();
  const Tensor loss = nn::kl_div(q, target, {.reduction = Reduction::sum});
  BOOST_CHECK_CLOSE(static_cast<double>(loss.item()), 0.25 * std::log(0.5) + 0.75 * std::log(1.5),
                    percent);
  loss.backward();
  BOOST_CHECK_EQUAL(q.grad().data()[0], Real(0));
  BOOST_CHECK_EQUAL(target.grad().data()[0], Real(0));
  for (const double wrong : {std::nan(""), -0.25}) {
    const Tensor no_probability({3}, {static_cast<Real>(wrong), 0.25, 0.75});
    BOOST_CHECK(std::isnan(nn::kl_div(q, no_probability).item()));
  }
}

BOOST_AUTO_TEST_CASE(vectors_of_zeros_have_no_direction) {
  Tensor a = Tensor::zeros({1, 3}).require_grad();
  const Tensor b({1, 3}, {1, 2, 2});
  const Tensor cosine = nn::cosine_similarity(a, b, -1, 0.5);
  BOOST_CHECK_EQUAL(cosine.item(), Real(0));
  cosine.backward(Tensor::ones({1}));
  for (Index i = 0; i < 3; ++i) {  // b / (|b| eps)
    BOOST_CHECK_CLOSE(static_cast<double>(a.grad().data()[i]),
                      static_cast<double>(b.data()[i]) / 3 / 0.5, percent);
  }
  const Tensor unknown({1, 3}, {static_cast<Real>(std::nan("")), 1, 1});
  const Tensor direction = nn::normalize(unknown);
  for (const Real v : direction.values()) BOOST_CHECK(std::isnan(v));
}

// Keys that belong to nobody make the question harder; which they are does not matter.
BOOST_AUTO_TEST_CASE(more_keys_than_queries) {
  Generator rng(4);
  const Tensor queries = rng.normal({3, 5});
  const Tensor keys = rng.normal({5, 5});
  const double alone = nn::info_nce(queries, slice(keys, 0, 0, 3)).item();
  const double more = nn::info_nce(queries, keys).item();
  BOOST_CHECK_GT(more, alone + 1e-3);
  const Tensor turned = concat({slice(keys, 0, 0, 3), flip(slice(keys, 0, 3, 5), 0)}, 0);
  BOOST_CHECK_CLOSE(static_cast<double>(nn::info_nce(queries, turned).item()), more, percent);
}

BOOST_AUTO_TEST_CASE(refusals) {
  const Tensor x = Tensor::ones({2, 3}), one = Tensor::ones({1});
  const Indices two({0, 1});
  expect_throw<ShapeError>([&] { nn::mse(x, one); },
                           "[mse] prediction (2, 3) and target (1) must have one shape");
  expect_throw<ShapeError>([&] { nn::huber(x, one); },
                           "[huber] prediction (2, 3) and target (1) must have one shape");
  expect_throw<ValueError>([&] { nn::huber(x, x, 0); }, "[huber] delta must be above 0, got 0");
  expect_throw<ShapeError>([&] { nn::smooth_l1(x, one); },
                           "[smooth_l1] prediction (2, 3) and target (1) must have one shape");
  expect_throw<ValueError>([&] { nn::smooth_l1(x, x, -1); },
                           "[smooth_l1] beta must be >= 0, got -1");
  expect_throw<ShapeError>([&] { nn::binary_cross_entropy_with_logits(x, one); },
                           "[binary_cross_entropy_with_logits] logits (2, 3) and target (1) must "
                           "have one shape");
  expect_throw<ShapeError>(
      [&] {
        nn::binary_cross_entropy_with_logits(x, x, {.pos_weight = Tensor::ones({4, 1, 1})});
      },
      "[binary_cross_entropy_with_logits] pos_weight (4, 1, 1) must broadcast to logits (2, 3)");
  expect_throw<ShapeError>([&] { nn::l1(x, one); },
                           "[l1] prediction (2, 3) and target (1) must have one shape");
  expect_throw<ShapeError>(
      [&] { nn::binary_cross_entropy(x, one); },
      "[binary_cross_entropy] probabilities (2, 3) and target (1) must have one shape");
  expect_throw<ValueError>(
      [&] { nn::binary_cross_entropy(2 * x, x); },
      "[binary_cross_entropy] probability 2 at position 0 is outside [0, 1]\n"
      "hint: binary_cross_entropy_with_logits takes what a sigmoid has yet to see");
  expect_throw<ShapeError>(
      [&] {
        nn::binary_cross_entropy(x, x, {.weight = Tensor::ones({4, 1, 1})});
      },
      "[binary_cross_entropy] weight (4, 1, 1) must broadcast to probabilities (2, 3)");
  expect_throw<ShapeError>(
      [&] { nn::nll(x, labels); },
      "[nll] labels (3) must have the shape of log-probabilities (2, 3) without its last axis");
  expect_throw<ValueError>([&] { nn::nll(x, Indices({0, 3})); },
                           "[nll] label 3 at position 1 is outside [0, 3), the classes\n"
                           "hint: rows to leave out are labelled ignore_index, here -100");
  expect_throw<ShapeError>([&] { nn::nll(x, two, {.weight = one}); },
                           "[nll] weight (1) must have one value for each of the 3 classes");
  expect_throw<ShapeError>([&] { nn::kl_div(x, one); },
                           "[kl_div] log-probabilities (2, 3) and target (1) must have one shape");
  expect_throw<ShapeError>(
      [&] { nn::multi_margin(x, labels); },
      "[multi_margin] labels (3) must have the shape of scores (2, 3) without its last axis");
  expect_throw<ValueError>([&] { nn::multi_margin(x, two, {.p = 3}); },
                           "[multi_margin] p must be 1 or 2, got 3");
  expect_throw<ValueError>(
      [&] {
        nn::multi_margin(x, Indices({0, 3}));
      },
      "[multi_margin] label 3 at position 1 is outside [0, 3)");
}

// Classes on axis 1, PyTorch's layout, are classes on the last axis.
BOOST_AUTO_TEST_CASE(classes_on_another_axis) {
  const Tensor last = Generator(1).normal({2, 3, 5, 4}), first = permute(last, {0, 3, 1, 2});
  std::vector<std::int32_t> ids;
  for (std::int32_t i = 0; i < 30; ++i) ids.push_back(i == 7 ? -100 : i % 4);
  const Indices targets({2, 3, 5}, ids);
  const Tensor weight({4}, {1, 2, 3, 4});
  for (const Reduction reduction : {Reduction::mean, Reduction::sum, Reduction::none}) {
    const Tensor a = cross_entropy(last, targets, {.weight = weight, .label_smoothing = 0.1,
                                                   .reduction = reduction});
    const Tensor b = cross_entropy(first, targets, {.weight = weight, .label_smoothing = 0.1,
                                                    .reduction = reduction, .axis = 1});
    BOOST_CHECK(a.shape() == b.shape());
    BOOST_CHECK(allclose(a, b, 0, 0));
    const Tensor p = nn::nll(last, targets, {.weight = weight, .reduction = reduction});
    const Tensor q =
        nn::nll(first, targets, {.weight = weight, .reduction = reduction, .axis = 1});
    BOOST_CHECK(p.shape() == q.shape());
    BOOST_CHECK(allclose(p, q, 0, 0));
  }
  Tensor x = first.detach().require_grad(), y = last.detach().require_grad();
  cross_entropy(x, targets, {.axis = 1}).backward();
  cross_entropy(y, targets).backward();
  BOOST_CHECK(allclose(permute(x.grad(), {0, 2, 3, 1}), y.grad(), 0, 0));
}

BOOST_AUTO_TEST_CASE(refusals_of_distances) {
  const Tensor x = Tensor::ones({2, 3}), one = Tensor::ones({1});
  expect_throw<ShapeError>([&] { nn::triplet_margin(x, x, one); },
                           "[triplet_margin] anchor (2, 3), positive (2, 3) and negative (1) must "
                           "have one shape (..., D)");
  expect_throw<ValueError>([&] { nn::triplet_margin(x, x, x, {.margin = 0}); },
                           "[triplet_margin] margin must be above 0, got 0");
  expect_throw<ValueError>([&] { nn::triplet_margin(x, x, x, {.p = 0}); },
                           "[triplet_margin] p must be above 0, got 0");
  expect_throw<ValueError>([&] { nn::pairwise_distance(x, x, {.p = -1}); },
                           "[pairwise_distance] p must be above 0, got -1");
  expect_throw<ShapeError>(
      [&] { nn::pairwise_distance(Tensor::scalar(1), Tensor::scalar(2)); },
      "[pairwise_distance] a and b must have an axis of coordinates, got () and ()");
}

BOOST_AUTO_TEST_CASE(refusals_of_directions) {
  const Tensor x = Tensor::ones({2, 3});
  const Indices two({0, 1});
  expect_throw<ShapeError>([&] { nn::cosine_embedding(x, x, labels); },
                           "[cosine_embedding] a (2, 3) and b (2, 3) must have one shape, and "
                           "labels (3) theirs without its last axis");
  expect_throw<ValueError>([&] { nn::cosine_embedding(x, x, two); },
                           "[cosine_embedding] labels are 1 or -1, got 0 at position 0");
  expect_throw<ShapeError>(
      [&] {
        nn::info_nce(Tensor::ones({3, 2}));
      },
      "[info_nce] 3 queries need at least as many keys of their own, got "
      "scores (3, 2)");
  expect_throw<ShapeError>([&] { nn::info_nce(x, true); },
                           "[info_nce] 2 queries need as many keys of their own, got scores (2, "
                           "3)");
  expect_throw<ShapeError>(
      [&] {
        nn::info_nce(x, Tensor::ones({2, 4}));
      },
      "[info_nce] keys must be (M, D) = (any, 3), got (2, 4)");
  expect_throw<ValueError>([&] { nn::info_nce(x, x, {.temperature = 0}); },
                           "[info_nce] temperature must be above 0, got 0");
}

BOOST_AUTO_TEST_CASE(labels_of_0_and_1_have_a_derivative) {
  // d/dt (t softplus(-z) + (1 - t) softplus(z)) = -z, at the ends of [0, 1] as well.
  Tensor target(Shape{4}, {0, 1, 0, 1});
  target.require_grad();
  const Tensor logits(Shape{4}, {0.5, -2, 3, 1.5});
  const Tensor loss = nn::binary_cross_entropy_with_logits(logits, target,
                                                           {.reduction = Reduction::sum});
  const Tensor slope = grad({loss}, {target})[0];
  for (Index i = 0; i < 4; ++i) {
    BOOST_TEST(std::abs(slope.data()[i] + logits.data()[i]) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_happen_costs_nothing) {
  constexpr Real endless = std::numeric_limits<Real>::infinity();
  // Logits that are infinitely sure and right.
  Tensor logits(Shape{2}, {endless, -endless});
  logits.require_grad();
  const Tensor right(Shape{2}, {1, 0});
  const Tensor sure = nn::binary_cross_entropy_with_logits(logits, right);
  BOOST_TEST(sure.item() == 0);
  BOOST_TEST(grad({sure}, {logits})[0].data()[0] == 0);
  BOOST_TEST(nn::binary_cross_entropy_with_logits(-logits, right).item() == endless);
  // A class of probability 0 in log-probabilities: it adds 0, whatever is said of it.
  const Tensor said(Shape{3}, {-1, -2, -2}), impossible(Shape{3}, {-1, -endless, -2});
  const Tensor told =
      nn::kl_div(said, impossible, {.log_target = true, .reduction = Reduction::sum});
  BOOST_TEST(told.item() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
