// attention_over_parts: one softmax over keys that lie in several places.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "autograd/gradcheck.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "autograd/ops/attention_parts.h"

namespace heed_test {
namespace {

using heed::AttentionPart;
using heed::Generator;
using heed::Index;
using heed::Mask;
using heed::Real;
using heed::Shape;
using heed::Tensor;
using Tensors = std::vector<Tensor>;

constexpr Index batch = 2, tokens = 6, fold = 3, heads = 2, size = 2, value_size = 1;

Tensors inputs(std::uint64_t seed, double deviation = 1) {
  Generator rng(seed);
  Tensors all{rng.normal({batch, tokens, heads * size}, 0, deviation),
              rng.normal({batch, tokens, heads * size}, 0, deviation),
              rng.normal({batch, tokens, heads * value_size}, 0, deviation)};
  for (Tensor& one : all) one.require_grad();
  return all;
}

// The third before oneself and so on, without oneself, and a causal window of two back: what a
// stride of three sees.
std::vector<AttentionPart> stride_of_three(const Tensors& x) {
  const auto folded = [](const Tensor& t, Index from, Index to) {
    return reshape(slice(t, 1, from, to), {batch, (to - from) / fold, fold * t.dim(2)});
  };
  return {{x[0], x[1], x[2], heads, {.causal = true, .window = fold - 1}},
          {folded(x[0], 0, tokens), folded(x[1], 0, tokens - fold),
           folded(x[2], 0, tokens - fold), heads * fold, {.causal = true}}};
}

Mask its_mask() {
  std::vector<std::uint8_t> visible;
  for (Index i = 0; i < tokens; ++i) {
    for (Index j = 0; j < tokens; ++j) {
      visible.push_back(j <= i && (i - j < fold || (i - j) % fold == 0));
    }
  }
  return Mask({tokens, tokens}, visible);
}

// The same by one attention under a mask.
Tensor masked(const Tensors& x) {
  return heed::dot_product_attention({x[0], 0, heads, size}, {x[1], 0, heads, size},
                                     {x[2], 0, heads, value_size}, {.visible = its_mask()});
}

double distance(const Tensor& a, const Tensor& b) {
  BOOST_REQUIRE(a.shape() == b.shape());
  double worst = 0;
  for (Index i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a.data()[i] - b.data()[i])));
  }
  return worst;
}

BOOST_AUTO_TEST_SUITE(attention_over_parts)

BOOST_AUTO_TEST_CASE(parts_are_one_softmax) {
  for (const double deviation : {1.0, 100.0}) {
    const Tensors x = inputs(1, deviation);
    const Tensor y = heed::attention_over_parts(stride_of_three(x)), expected = masked(x);
    BOOST_TEST(distance(y, expected) < 1e-12 * deviation);
    const Tensor cotangent = Generator(2).normal(y.shape());
    const Tensors made = grad({sum(y * cotangent)}, x);
    const Tensors wanted = grad({sum(expected * cotangent)}, x);
    for (std::size_t i = 0; i < 3; ++i) {
      BOOST_TEST(distance(made[i], wanted[i]) < 1e-10 * deviation * deviation);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_twin_is_the_same) {
  const Tensors x = inputs(3);
  BOOST_TEST(distance(heed::attention_over_parts(stride_of_three(x)),
                      heed::twin::attention_over_parts(stride_of_three(x))) < 1e-12);
}

BOOST_AUTO_TEST_CASE(derivatives_are_right_twice) {
  const auto call = [](const Tensors& x) {
    return heed::attention_over_parts(stride_of_three(x));
  };
  BOOST_CHECK_NO_THROW(heed::gradcheck("attention_over_parts", call, inputs(4)));
}

// A key that two parts show counts twice, one that none shows not at all.
BOOST_AUTO_TEST_CASE(parts_may_overlap_and_be_empty) {
  const Tensors x = inputs(6);
  const AttentionPart all{x[0], x[1], x[2], heads};
  const Mask nothing({1, 1, 1, tokens}, std::vector<std::uint8_t>(tokens, 0));
  const AttentionPart none{x[0], x[1], x[2], heads, {.visible = nothing}};
  const Tensor once = heed::attention_over_parts({all});
  BOOST_TEST(distance(heed::attention_over_parts({all, all}), once) < 1e-12);
  BOOST_TEST(distance(heed::attention_over_parts({none, all, none}), once) < 1e-12);
  const Tensor zero = heed::attention_over_parts({none, none});
  BOOST_TEST(distance(zero, Tensor::zeros(zero.shape())) == 0);
  for (const Tensor& gradient : grad({sum(zero)}, x)) {
    BOOST_TEST(distance(gradient, Tensor::zeros(gradient.shape())) == 0);
  }
}

BOOST_AUTO_TEST_CASE(what_a_part_hides_does_not_leak) {
  Tensors x = inputs(7);
  std::vector<Real> values(x[2].values().begin(), x[2].values().end());
  values[1 * heads * value_size] = std::numeric_limits<Real>::quiet_NaN();  // of token 1
  x[2] = Tensor(x[2].shape(), values);
  const Tensor y = heed::attention_over_parts(stride_of_three(x));
  // Tokens 1, 2, 3 (window) and 4 (stride) see it, 0 and 5 do not.
  for (const Index t : {0, 5}) BOOST_TEST(std::isfinite(y.data()[t * heads * value_size]));
  for (const Index t : {1, 2, 3, 4}) BOOST_TEST(std::isnan(y.data()[t * heads * value_size]));
}

BOOST_AUTO_TEST_CASE(work_is_that_of_the_parts) {
  const Tensors x = inputs(8);
  const auto entries = static_cast<std::uint64_t>(batch * heads * (1 + 2 + 3 + 3 + 3 + 3 + 3));
  Tensor loss;
  {
    const heed::Ledger ledger;
    loss = sum(heed::attention_over_parts(stride_of_three(x)));
    BOOST_TEST(ledger.cost().multiply_adds == entries * (size + value_size));
  }
  const heed::Ledger ledger;
  loss.backward();
  BOOST_TEST(ledger.cost().multiply_adds == entries * (3 * size + 2 * value_size));
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_refused) {
  const Tensors x = inputs(9);
  const auto says = [](const char* wanted) {
    return [wanted](const heed::Error& error) { return std::string(error.what()) == wanted; };
  };
  BOOST_CHECK_EXCEPTION(heed::attention_over_parts({}), heed::ValueError,
                        says("[attention_over_parts] there are no parts"));
  const AttentionPart good{x[0], x[1], x[2], heads};
  BOOST_CHECK_EXCEPTION(
      heed::attention_over_parts({good, {x[0], x[1], x[2], 1}}), heed::ShapeError,
      says("[attention_over_parts] part 1: q (2, 6, 4), k (2, 6, 4), v (2, 6, 2) with 1 heads do "
           "not fit those of part 0: q (2, 6, 4) with 2 heads"));
  BOOST_CHECK_EXCEPTION(
      heed::attention_over_parts({{x[0], x[1], slice(x[2], 1, 0, 5), heads}}), heed::ShapeError,
      says("[attention_over_parts] part 0: q (2, 6, 4), k (2, 6, 4), v (2, 5, 2) with 2 heads do "
           "not fit"));
  BOOST_CHECK_EXCEPTION(
      heed::attention_over_parts(std::vector<AttentionPart>(22, good)), heed::ValueError,
      says("[attention_over_parts] at most 21 parts, got 22"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
