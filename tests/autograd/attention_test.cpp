// What dot_product_attention promises beyond its formula.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "autograd/ledger.h"
#include "autograd/memory.h"
#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::AttentionOptions;
using heed::Heads;
using heed::Index;
using heed::Mask;
using heed::Real;
using heed::Tensor;

constexpr Real nan = std::numeric_limits<Real>::quiet_NaN();

struct Example {
  Tensor q, k, v;
  Tensor g;  // the cotangent of y

  // One batch row, two heads of size 2.
  Example(Index queries, Index keys) {
    heed::Generator rng(1);
    q = rng.normal({1, queries, 4});
    k = rng.normal({1, keys, 4});
    v = rng.normal({1, keys, 4});
    g = rng.normal({1, queries, 4});
  }

  struct Result {
    Tensor y, dq, dk, dv;
  };
  Result run(const AttentionOptions& options, bool recorded = false) const {
    Tensor a = q.detach(), b = k.detach(), c = v.detach();
    a.require_grad();
    b.require_grad();
    c.require_grad();
    const Tensor y = heed::dot_product_attention({a, 0, 2, 2}, {b, 0, 2, 2}, {c, 0, 2, 2}, options);
    const auto gradients = heed::grad({y}, {a, b, c}, {.create_graph = recorded}, {g});
    return {y.detach(), gradients[0], gradients[1], gradients[2]};
  }
};

// A copy with one token of NaN.
Tensor poisoned(const Tensor& x, Index token) {
  std::vector<Real> values(x.values().begin(), x.values().end());
  const Index width = x.dim(-1);
  for (Index i = 0; i < width; ++i) values[static_cast<std::size_t>(token * width + i)] = nan;
  return Tensor(x.shape(), values);
}

bool token_is_nan(const Tensor& x, Index token) {
  return std::isnan(heed::select(heed::select(x, 1, token), 1, 0).item());
}

bool same_token(const Tensor& a, const Tensor& b, Index token) {
  const Tensor x = heed::select(a, 1, token), y = heed::select(b, 1, token);
  for (Index i = 0; i < x.size(); ++i) {
    if (!(std::abs(x.data()[i] - y.data()[i]) < 1e-13)) return false;
  }
  return true;
}

bool token_is_zero(const Tensor& x, Index token) {
  const Tensor row = heed::select(x, 1, token);
  for (const Real value : row.values()) {
    if (value != 0) return false;
  }
  return true;
}

// Query 0 sees keys 0 and 2, query 1 only key 3, query 2 nothing, query 3 keys 0, 1, 2.
Mask example_mask() {
  return Mask({4, 5}, {1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(attention)

BOOST_AUTO_TEST_CASE(nan_in_keys_and_values_that_nobody_sees_changes_nothing) {
  const Example clean(4, 5);
  Example dirty = clean;
  dirty.k = poisoned(dirty.k, 4);
  dirty.v = poisoned(dirty.v, 4);
  const auto expected = clean.run({.visible = example_mask()});
  for (const bool recorded : {false, true}) {
    const auto got = dirty.run({.visible = example_mask()}, recorded);
    for (Index i = 0; i < 4; ++i) {
      BOOST_TEST(same_token(got.y, expected.y, i));
      BOOST_TEST(same_token(got.dq, expected.dq, i));
      BOOST_TEST(same_token(got.dk, expected.dk, i));
      BOOST_TEST(same_token(got.dv, expected.dv, i));
    }
    BOOST_TEST(token_is_zero(got.dk, 4));
    BOOST_TEST(token_is_zero(got.dv, 4));
  }
}

// Key 1 is seen by query 3 alone.
BOOST_AUTO_TEST_CASE(nan_reaches_those_who_see_it_and_nobody_else) {
  const Example clean(4, 5);
  const auto expected = clean.run({.visible = example_mask()});
  for (const bool in_keys : {true, false}) {
    Example dirty = clean;
    (in_keys ? dirty.k : dirty.v) = poisoned(in_keys ? dirty.k : dirty.v, 1);
    const auto got = dirty.run({.visible = example_mask()});
    BOOST_TEST(token_is_nan(got.y, 3));
    for (const Index query : {0, 1, 2}) {
      BOOST_TEST(same_token(got.y, expected.y, query));
      BOOST_TEST(same_token(got.dq, expected.dq, query));
    }
    // Keys 0 and 2 share a query with it; key 3 does not.
    BOOST_TEST(same_token(got.dk, expected.dk, 3));
    BOOST_TEST(same_token(got.dv, expected.dv, 3));
  }
}

BOOST_AUTO_TEST_CASE(nan_in_a_query_or_its_cotangent_stays_with_its_keys) {
  const Example clean(4, 5);
  const auto expected = clean.run({.visible = example_mask()});
  for (const bool in_query : {true, false}) {
    Example dirty = clean;
    (in_query ? dirty.q : dirty.g) = poisoned(in_query ? dirty.q : dirty.g, 1);  // sees key 3
    const auto got = dirty.run({.visible = example_mask()});
    for (const Index key : {0, 1, 2, 4}) {
      BOOST_TEST(same_token(got.dk, expected.dk, key));
      BOOST_TEST(same_token(got.dv, expected.dv, key));
    }
    BOOST_TEST(token_is_nan(got.dv, 3));
  }
}

BOOST_AUTO_TEST_CASE(causal_and_window_keep_nan_out_as_well) {
  const Example clean(40, 40);
  Example dirty = clean;
  dirty.k = poisoned(dirty.k, 25);
  dirty.v = poisoned(dirty.v, 25);
  for (const Index window : {-1, 3}) {
    const AttentionOptions options{.causal = true, .window = window};
    const auto expected = clean.run(options), got = dirty.run(options);
    for (Index i = 0; i < 40; ++i) {
      const bool sees = i >= 25 && (window < 0 || i <= 25 + window);
      BOOST_TEST(token_is_nan(got.y, i) == sees);
      if (!sees) BOOST_TEST(same_token(got.y, expected.y, i));
      if (!sees) BOOST_TEST(same_token(got.dq, expected.dq, i));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_query_that_sees_nothing_gives_zero_and_passes_nothing_on) {
  Example example(4, 5);
  const auto got = example.run({.visible = example_mask()});
  BOOST_TEST(token_is_zero(got.y, 2));
  BOOST_TEST(token_is_zero(got.dq, 2));
  // More queries than keys, causal: the first queries stand before the first key.
  Example early(6, 4);
  const auto causal = early.run({.causal = true});
  for (const Index query : {0, 1}) {
    BOOST_TEST(token_is_zero(causal.y, query));
    BOOST_TEST(token_is_zero(causal.dq, query));
  }
  BOOST_TEST(!token_is_zero(causal.y, 2));
}

// A constant in front of every score: the shift goes through a key column that all keys share.
BOOST_AUTO_TEST_CASE(adding_a_large_constant_to_the_scores_changes_nothing) {
  heed::Generator rng(3);
  const auto with_column = [](const Tensor& x, double value) {
    return heed::concat({x, Tensor::full({1, x.dim(1), 1}, static_cast<Real>(value))}, 2);
  };
  const Tensor q = rng.normal({1, 6, 3}), k = rng.normal({1, 9, 3}), v = rng.normal({1, 9, 3});
  const auto run = [&](double constant) {
    Tensor keys = with_column(k, constant).require_grad();
    const Tensor y = heed::dot_product_attention({with_column(q, 1), 0, 1, 4}, {keys, 0, 1, 4},
                                                 {v, 0, 1, 3}, {.scale = 1});
    const Tensor dk = heed::grad({y}, {keys}, {}, {Tensor::ones(y.shape())})[0];
    return std::pair(y.detach(), heed::slice(dk, -1, 0, 3));
  };
  const auto [y, dk] = run(0);
  const auto [shifted_y, shifted_dk] = run(1e4);
  for (Index i = 0; i < y.size(); ++i) {
    BOOST_TEST(std::abs(y.data()[i] - shifted_y.data()[i]) < 1e-9);
  }
  for (Index i = 0; i < dk.size(); ++i) {
    BOOST_TEST(std::abs(dk.data()[i] - shifted_dk.data()[i]) < 1e-9);
  }
}

BOOST_AUTO_TEST_CASE(scores_of_ten_thousand_are_finite) {
  heed::Generator rng(4);
  Tensor x = (rng.normal({1, 8, 4}) * 100.0).require_grad();
  const Tensor y = heed::dot_product_attention({x, 0, 1, 4}, {x, 0, 1, 4}, {x, 0, 1, 4});
  heed::sum(y).backward();
  for (const Real value : y.values()) BOOST_TEST(std::isfinite(value));
  for (const Real value : x.grad().values()) BOOST_TEST(std::isfinite(value));
}

// U5 of the laws: exactly zero, also where the last block of queries is not full.
BOOST_AUTO_TEST_CASE(the_future_has_no_gradient_at_all) {
  for (const Index keys : {30, 37}) {
    const Example example(30, keys);
    for (const Index query : {0, 7, 15, 16, 29}) {
      Example one = example;
      std::vector<Real> g(static_cast<std::size_t>(example.g.size()), 0);
      std::fill_n(g.begin() + query * 4, 4, Real{1});
      one.g = Tensor(example.g.shape(), g);
      const auto got = one.run({.causal = true});
      for (Index key = 0; key < keys; ++key) {
        const bool visible = key <= query + keys - 30;
        BOOST_TEST(token_is_zero(got.dv, key) != visible);
        if (!visible) BOOST_TEST(token_is_zero(got.dk, key));
      }
    }
  }
}

// The mask of example_mask() as numbers: 0 and -inf.
Tensor float_mask() {
  const Tensor hidden = Tensor::full({4, 5}, -std::numeric_limits<Real>::infinity());
  return heed::where(example_mask(), 0.0, hidden);
}

BOOST_AUTO_TEST_CASE(minus_infinity_in_a_bias_hides_as_a_mask_does) {
  Example example(4, 5);
  example.k = poisoned(example.k, 4);
  example.v = poisoned(example.v, 4);
  const auto expected = example.run({.visible = example_mask()});
  for (const bool recorded : {false, true}) {
    const auto got = example.run({.bias = float_mask()}, recorded);
    for (Index i = 0; i < 4; ++i) {
      BOOST_TEST(same_token(got.y, expected.y, i));
      BOOST_TEST(same_token(got.dq, expected.dq, i));
      BOOST_TEST(same_token(got.dk, expected.dk, i));
      BOOST_TEST(same_token(got.dv, expected.dv, i));
    }
    BOOST_TEST(token_is_zero(got.y, 2));
    BOOST_TEST(token_is_zero(got.dk, 4));
  }
}

BOOST_AUTO_TEST_CASE(what_a_bias_hides_has_no_gradient) {
  const Example example(4, 5);
  const Heads q{example.q, 0, 2, 2}, k{example.k, 0, 2, 2}, v{example.v, 0, 2, 2};
  for (const bool recorded : {false, true}) {
    const Tensor bias = float_mask().require_grad();
    const Tensor y = heed::dot_product_attention(q, k, v, {.bias = bias});
    const Tensor g = heed::grad({y}, {bias}, {.create_graph = recorded}, {example.g})[0];
    for (Index i = 0; i < 20; ++i) {
      if (i / 5 == 1 && example_mask()[i]) continue;  // alone, it has no say: 0 but for rounding
      BOOST_TEST((g.data()[i] != 0) == example_mask()[i]);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_stretched_bias_takes_no_matrix) {
  heed::Generator rng(9);
  constexpr Index n = 512;
  const Tensor x = rng.normal({1, n, 8}), bias = Tensor::ones({2, 1, n}).require_grad();
  const Heads heads{x, 0, 2, 4};
  const auto peak = [&](const AttentionOptions& options) {
    const std::uint64_t before = heed::memory::counters().live_bytes;
    heed::memory::reset_peak();
    const Tensor y = heed::dot_product_attention(heads, heads, heads, options);
    if (options.bias.defined()) heed::grad({y}, {bias}, {}, {Tensor::ones(y.shape())});
    return heed::memory::counters().peak_bytes - before;
  };
  BOOST_TEST(peak({.bias = bias}) < peak({}) + n * n * sizeof(Real) / 2);
}

BOOST_AUTO_TEST_CASE(scores_that_are_hidden_are_minus_infinity) {
  const Example example(4, 5);
  const Heads q{example.q, 0, 2, 2}, k{example.k, 0, 2, 2}, v{example.v, 0, 2, 2};
  const AttentionOptions options{.visible = example_mask(), .softcap = 1};
  const Tensor scores = heed::attention_scores(q, k, options);
  const Tensor weights = heed::attention_weights(q, k, options);
  for (Index i = 0; i < scores.size(); ++i) {
    BOOST_TEST(std::isinf(scores.data()[i]) == !example_mask()[i % 20]);
    BOOST_TEST((weights.data()[i] == 0) == !example_mask()[i % 20]);
  }
  // What they weigh is what the fused op gives.
  const Tensor values = heed::permute(heed::reshape(example.v, {1, 5, 2, 2}), {0, 2, 1, 3});
  const Tensor y = heed::permute(heed::matmul(weights, values), {0, 2, 1, 3});
  BOOST_TEST(heed::allclose(heed::reshape(y, {1, 4, 4}),
                            heed::dot_product_attention(q, k, v, options), 0, 1e-12));
}

BOOST_AUTO_TEST_CASE(cost_is_that_of_the_visible_entries) {
  heed::Generator rng(5);
  const Index n = 50, w = 4;
  const Tensor x = rng.normal({2, n, 12});
  const auto cost = [&](const AttentionOptions& options) {
    const heed::Ledger ledger;
    heed::dot_product_attention({x, 0, 3, 4}, {x, 0, 3, 4}, {x, 0, 3, 4}, options);
    return static_cast<Index>(ledger.cost().multiply_adds);
  };
  BOOST_TEST(cost({}) == 2 * 3 * n * n * 8);
  BOOST_TEST(cost({.causal = true}) == 2 * 3 * (n * (n + 1) / 2) * 8);
  BOOST_TEST(cost({.key_lengths = {10, 20}}) == 3 * n * (10 + 20) * 8);
  BOOST_TEST(cost({.window = w}) == 2 * 3 * (n * (2 * w + 1) - w * (w + 1)) * 8);
}

BOOST_AUTO_TEST_CASE(refusals) {
  heed::Generator rng(6);
  const Tensor x = rng.normal({2, 3, 4}), longer = rng.normal({2, 5, 4}), flat = rng.normal({3, 4});
  const Tensor other = rng.normal({1, 3, 4});
  const Heads good{x, 0, 2, 2};
  const auto refuse = [](const Heads& q, const Heads& k, const Heads& v,
                         const AttentionOptions& options = {}) {
    BOOST_CHECK_THROW(heed::dot_product_attention(q, k, v, options), heed::ShapeError);
  };
  refuse({flat, 0, 2, 2}, good, good);
  refuse({x, 1, 2, 2}, good, good);
  refuse({x, 0, 0, 2}, good, good);
  refuse({x, -1, 1, 2}, good, good);
  const Heads wrapped{x, 0, Index{1} << 33, Index{1} << 31};  // their product is 0 in 64 bits
  refuse(wrapped, wrapped, wrapped);
  const Heads beyond{x, std::numeric_limits<Index>::max(), 1, 1};
  refuse(beyond, beyond, beyond);
  refuse(good, {x, 0, 1, 2}, good);
  refuse(good, {x, 0, 2, 1}, good);
  refuse(good, {other, 0, 2, 2}, good);
  refuse(good, good, {longer, 0, 2, 2});
  refuse(good, good, {x, 0, 1, 2});
  refuse(good, good, good, {.visible = Mask({2}, {1, 1})});
  BOOST_CHECK_THROW(heed::dot_product_attention(good, good, good, {.window = -2}),
                    heed::ValueError);
}

void expect_refusal(const AttentionOptions& options, const std::string& text) {
  const Tensor x = Tensor::ones({3, 3, 4});
  const Heads heads{x, 0, 2, 2};
  try {
    heed::dot_product_attention(heads, heads, heads, options);
    BOOST_ERROR("not refused: " << text);
  } catch (const heed::Error& error) {
    BOOST_TEST(error.what() == text);
  }
}

BOOST_AUTO_TEST_CASE(refused_options) {
  expect_refusal({.softcap = -1},
                 "[dot_product_attention] softcap must be positive, or 0 for none: -1");
  expect_refusal({.key_lengths = {1}}, "[dot_product_attention] 1 key_lengths for a batch of 3");
  expect_refusal({.key_lengths = {1, 4, 1}},
                 "[dot_product_attention] key_lengths of row 1 must be within 0 and 3: 4");
  expect_refusal({.bias = Tensor::ones({2, 3})},
                 "[dot_product_attention] a bias of shape (2, 3) does not stretch to the scores "
                 "(batch, heads, queries, keys) (3, 2, 3, 3)\nhint: over keys it is (3, 1, 1, 3), "
                 "which padding() makes of lengths; over pairs (3, 3)");
}

BOOST_AUTO_TEST_CASE(heads_of_keys_that_do_not_divide) {
  const Tensor x = Tensor::ones({1, 2, 6});
  BOOST_CHECK_EXCEPTION(heed::dot_product_attention({x, 0, 3, 2}, {x, 0, 2, 2}, {x, 0, 2, 2}),
                        heed::ShapeError, [](const heed::Error& error) {
                          return error.what() ==
                                 std::string(
                                     "[dot_product_attention] q has 3 heads, k 2\n"
                                     "hint: heads of keys must divide those of queries");
                        });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
