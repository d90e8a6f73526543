// Positions in scores: what each promises, derivatives, and what they refuse. Values stand beside
// other packages' in tests/golden/.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/relative_positions.h"
#include "nn/rotary.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;
using enum nn::RotaryOptions::Pairs;

Tensor scores_of(const Tensor& q, const Tensor& k) { return matmul(q, k, {.transpose_b = true}); }

double at(const Tensor& x, Index i, Index j) {
  return static_cast<double>(x.data()[i * x.dim(-1) + j]);
}

BOOST_AUTO_TEST_SUITE(rotary)

// The law of the paper: scores depend on i - j only, so that a start moves nothing.
BOOST_AUTO_TEST_CASE(scores_depend_on_the_distance_only) {
  Generator rng(1);
  for (const auto pairs : {halves, neighbours}) {
    const nn::Rotary rotary(40, 6, {.pairs = pairs});
    const Tensor same = expand(rng.normal({1, 6}), Shape{8, 6});  // one vector at every position
    const Tensor other = expand(rng.normal({1, 6}), Shape{8, 6});
    const Tensor near = scores_of(rotary(same), rotary(other));
    const Tensor far = scores_of(rotary(same, 30), rotary(other, 30));
    for (Index i = 1; i < 8; ++i) {
      for (Index j = 1; j < 8; ++j) {
        BOOST_CHECK_SMALL(at(near, i, j) - at(near, i - 1, j - 1), 1e-5);
        BOOST_CHECK_SMALL(at(near, i, j) - at(far, i, j), 1e-5);
      }
    }
    BOOST_CHECK_GT(std::abs(at(near, 3, 0) - at(near, 0, 3)), 1e-2);
  }
}

double largest_gap(const Tensor& a, const Tensor& b) {
  return static_cast<double>(max(abs(a - b)).item());
}

// Padded on the left: each row counts from its own first token.
BOOST_AUTO_TEST_CASE(every_token_at_a_position_of_its_own) {
  const nn::Rotary rotary(12, 6);
  const Tensor x = Generator(1).normal({2, 3, 4, 6});  // (B, H, T, size)
  const Tensor y = rotary(x, Indices(Shape{2, 1, 4}, {3, 4, 5, 6, 0, 0, 1, 2}));
  BOOST_CHECK_EQUAL(largest_gap(select(y, 0, 0), rotary(select(x, 0, 0), 3)), 0);
  const Tensor second = select(x, 0, 1);
  const Tensor turned = slice(select(y, 0, 1), 1, 1, 4);
  BOOST_CHECK_EQUAL(largest_gap(turned, rotary(slice(second, 1, 1, 4))), 0);
  BOOST_CHECK_EQUAL(largest_gap(rotary(x, Indices({2, 3, 4, 5})), rotary(x, 2)), 0);
  expect_throw<ValueError>([&] { rotary(x, Indices({0, 1, 2, 12})); },
                           "[Rotary] position 12 of token 3 is outside [0, 12)");
}

BOOST_AUTO_TEST_CASE(a_part_of_a_head) {
  const Tensor x = Generator(1).normal({2, 5, 7});
  for (const auto pairs : {halves, neighbours}) {
    const nn::Rotary part(9, 7, {.pairs = pairs, .rotated = 4}), whole(9, 4, {.pairs = pairs});
    const Tensor y = part(x, 2);
    BOOST_CHECK_EQUAL(largest_gap(slice(y, -1, 0, 4), whole(slice(x, -1, 0, 4), 2)), 0);
    BOOST_CHECK_EQUAL(largest_gap(slice(y, -1, 4, 7), slice(x, -1, 4, 7)), 0);
  }
  expect_throw<ValueError>([] { nn::Rotary(9, 6, {.rotated = 8}); },
                           "[Rotary] rotated must be even and between 2 and the size 6, got 8");
}

BOOST_AUTO_TEST_CASE(given_angles) {
  const nn::Rotary rotary(9, 4);
  const Tensor x = Generator(1).normal({3, 9, 4});
  const Tensor angles = reshape(Tensor::arange(9), {9, 1}) * Tensor({2}, {1, Real(0.01)});
  BOOST_CHECK_SMALL(largest_gap(nn::rotate(x, cos(angles), sin(angles)), rotary(x)), 1e-6);
  gradcheck(
      "rotate", [](const std::vector<Tensor>& in) { return nn::rotate(in[0], in[1], in[2]); },
      {Generator(2).normal({2, 3, 5}), Generator(3).normal({3, 2}), Generator(4).normal({3, 2})});
  expect_throw<ShapeError>(
      [&] { nn::rotate(x, cos(angles), sin(slice(angles, 0, 0, 3))); },
      "[rotate] cosines (9, 2) and sines (3, 2) must stretch to pairs of the features of x (3, 9, "
      "4)");
}

BOOST_AUTO_TEST_CASE(rotations_keep_lengths_and_the_first_position) {
  Generator rng(1);
  for (const auto pairs : {halves, neighbours}) {
    const nn::Rotary rotary(9, 4, {.pairs = pairs});
    const Tensor x = rng.normal({2, 3, 9, 4});
    const Tensor y = rotary(x);
    const Tensor before = sum(square(x), {-1}), after = sum(square(y), {-1});
    for (Index i = 0; i < before.size(); ++i) {
      BOOST_CHECK_SMALL(static_cast<double>(before.data()[i] - after.data()[i]), 1e-5);
    }
    for (Index i = 0; i < 4; ++i) BOOST_CHECK_EQUAL(y.data()[i], x.data()[i]);
    BOOST_CHECK(rotary.parameters().empty());
  }
}

BOOST_AUTO_TEST_CASE(derivatives) {
  Generator rng(1);
  for (const auto pairs : {halves, neighbours}) {
    const nn::Rotary rotary(9, 4, {.pairs = pairs});
    gradcheck("Rotary", [&](const std::vector<Tensor>& v) { return rotary(v[0], 2); },
              {rng.normal({2, 3, 4})});
  }
}

BOOST_AUTO_TEST_CASE(refusals) {
  const nn::Rotary rotary(5, 4);
  expect_throw<ValueError>([] { nn::Rotary(0, 4); }, "[Rotary] most must be at least 1, got 0");
  expect_throw<ValueError>([] { nn::Rotary(5, 3); },
                           "[Rotary] needs an even size >= 2 and a base above 0, got 3 and 10000");
  expect_throw<ValueError>([] { nn::Rotary(5, 4, {.base = 0}); },
                           "[Rotary] needs an even size >= 2 and a base above 0, got 4 and 0");
  expect_throw<ShapeError>(
      [&] {
        rotary(Tensor::ones({5, 3}));
      },
      "[Rotary] x must be (..., T, size) with a size of 4, got (5, 3)");
  expect_throw<ShapeError>(
      [&] {
        rotary(Tensor::ones({3, 4}), 3);
      },
      "[Rotary] needs positions 3 to 5, and there are 5");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(relative)

// With more keys than queries the sequences end together.
BOOST_AUTO_TEST_CASE(alibi_falls_with_the_distance) {
  const Tensor bias = nn::alibi_bias(2, 2, 4);  // slopes 1/16 and 1/256; query 0 stands at 2
  BOOST_CHECK(bias.shape() == Shape({2, 2, 4}));
  const double away[] = {2, 1, 0, 1, 3, 2, 1, 0};
  for (Index i = 0; i < 8; ++i) {
    BOOST_CHECK_EQUAL(bias.data()[i], static_cast<Real>(-away[i] / 16));
    BOOST_CHECK_EQUAL(bias.data()[8 + i], static_cast<Real>(-away[i] / 256));
  }
}

BOOST_AUTO_TEST_CASE(distances_are_cut_at_the_reach) {
  const Indices ids = nn::clipped_distances(3, 4, 1);  // query 0 stands at 1
  const std::int32_t expected[] = {0, 1, 2, 2, 0, 0, 1, 2, 0, 0, 0, 1};
  BOOST_CHECK_EQUAL_COLLECTIONS(ids.values().begin(), ids.values().end(), std::begin(expected),
                                std::end(expected));
}

BOOST_AUTO_TEST_CASE(bias_looks_its_bucket_up) {
  Generator rng(1);
  const nn::BucketOptions options{.buckets = 8, .max_distance = 16};
  const nn::BucketedBias bias(3, rng, options);
  const Tensor table = bias.parameters()[0].value;
  BOOST_CHECK(table.shape() == Shape({8, 3}));
  const Tensor y = bias(5, 9);
  BOOST_CHECK(y.shape() == Shape({3, 5, 9}));
  const Indices buckets = nn::distance_buckets(5, 9, options);
  for (Index head = 0; head < 3; ++head) {
    for (Index i = 0; i < 45; ++i) {
      BOOST_CHECK_EQUAL(y.data()[45 * head + i], table.data()[3 * buckets[i] + head]);
    }
  }
  BOOST_CHECK_NO_THROW(bias(0, 4));
}

BOOST_AUTO_TEST_CASE(derivatives) {
  Generator rng(1);
  nn::RelativeVectors vectors(2, 3, rng);
  gradcheck("RelativeVectors",
            [&](const std::vector<Tensor>& v) { return vectors.combine(vectors.scores(v[0], 5)); },
            {rng.normal({2, 4, 3})});
  BOOST_CHECK(vectors.scores(Tensor::ones({0, 4, 3}), 5).shape() == Shape({0, 4, 5}));
  BOOST_CHECK(vectors.combine(Tensor::ones({2, 0, 5})).shape() == Shape({2, 0, 3}));
}

BOOST_AUTO_TEST_CASE(refusals) {
  Generator rng(1);
  expect_throw<ValueError>([] { nn::alibi_slopes(0); },
                           "[alibi_slopes] heads must be at least 1, got 0");
  expect_throw<ValueError>([] { nn::clipped_distances(2, 2, -1); },
                           "[clipped_distances] reach must be at least 0, got -1");
  expect_throw_with<ShapeError>([] { nn::alibi_bias(2, -1, 3); }, "-1");
  expect_throw<ValueError>([&] { nn::BucketedBias(0, rng); },
                           "[BucketedBias] heads must be at least 1, got 0");
  expect_throw<ValueError>([&] { nn::RelativeVectors(-1, 3, rng); },
                           "[RelativeVectors] reach must be at least 0, got -1");
  expect_throw<ValueError>(
      [] { nn::distance_buckets(2, 2, {.buckets = 7}); },
      "[distance_buckets] needs an even number >= 4 buckets and a max_distance above 1, got 7 and "
      "128");
  expect_throw<ValueError>(
      [] { nn::distance_buckets(2, 2, {.max_distance = 8}); },
      "[distance_buckets] needs an even number >= 4 buckets and a max_distance above 8, got 32 and "
      "8");
  expect_throw<ValueError>(
      [&] { nn::BucketedBias(2, rng, {.buckets = 1, .bidirectional = false}); },
      "[distance_buckets] needs a number >= 2 buckets and a max_distance above 1, got 1 and 128");
  const nn::RelativeVectors vectors(2, 3, rng);
  expect_throw<ShapeError>(
      [&] {
        vectors.scores(Tensor::ones({4, 2}), 4);
      },
      "[RelativeVectors] q must be (..., queries, size) with a size of 3, got (4, 2)");
  expect_throw<ShapeError>([&] { vectors.combine(Tensor::ones({4})); },
                           "[RelativeVectors] weights must be (..., queries, keys), got (4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
