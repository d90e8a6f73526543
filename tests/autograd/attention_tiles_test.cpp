// Attention in tiles gives what its composed twin gives, whatever the tiles: also where they do not
// divide the sequence, where queries and keys differ in number, and where whole tiles are hidden.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "autograd/kernels/attention.h"
#include "autograd/ops/twins.h"
#include "autograd/random.h"

namespace heed_test {
namespace {

using heed::AttentionOptions;
using heed::AttentionPlan;
using heed::Heads;
using heed::Index;
using heed::Real;
using heed::Shape;
using heed::Tensor;

constexpr double tolerance = sizeof(Real) == sizeof(float) ? 1e-5 : 1e-12;
constexpr Index batch = 2, heads = 4, size = 5, value_size = 3;

struct Example {
  Index queries, keys;
  Index pairs;  // heads of keys and values
  Tensor q, k, v, g;

  Example(Index number_of_queries, Index number_of_keys, Index number_of_pairs = heads)
      : queries(number_of_queries), keys(number_of_keys), pairs(number_of_pairs) {
    heed::Generator rng(3);
    q = rng.normal({batch, queries, heads * size}, 0, 2).require_grad();
    k = rng.normal({batch, keys, pairs * size}, 0, 2).require_grad();
    v = rng.normal({batch, keys, pairs * value_size}).require_grad();
    g = rng.normal({batch, queries, heads * value_size});
  }

  Tensor bias(const Shape& shape) const {
    heed::Generator rng(5);
    return rng.normal(shape).require_grad();
  }

  // Half of the pairs; of query 1 none, of the last two thirds of the keys almost none.
  heed::Mask mask() const {
    heed::Generator rng(4);
    const Tensor chance = rng.uniform({batch, 1, queries, keys}, 0, 1);
    std::vector<std::uint8_t> visible;
    for (Index i = 0; i < chance.size(); ++i) {
      const double limit = i % keys * 3 > keys ? 0.05 : 0.5;
      visible.push_back(i / keys % queries != 1 && chance.data()[i] < limit);
    }
    return heed::Mask(chance.shape(), visible);
  }
};

struct Result {
  Tensor y, dq, dk, dv, dbias;
};

Result by_twin(const Example& at, const AttentionOptions& options) {
  const Tensor y = heed::twin::dot_product_attention(
      {at.q, 0, heads, size}, {at.k, 0, at.pairs, size}, {at.v, 0, at.pairs, value_size}, options);
  std::vector<Tensor> inputs = {at.q, at.k, at.v};
  if (options.bias.defined()) inputs.push_back(options.bias);
  auto gradients = heed::grad({y}, inputs, {}, {at.g});
  gradients.resize(4);
  return {y.detach(), gradients[0], gradients[1], gradients[2], gradients[3]};
}

template <class Number>
heed::HeadRows<Number> rows(Number* data, const Shape& shape, Index number_of_heads) {
  return {data, shape[1], shape[2], 0, shape[2] / number_of_heads};
}

// A bias with all four axes.
template <class Number>
heed::ScoreRows<Number> rows_of_bias(Number* data, const Shape& shape) {
  const auto step = [&](int axis, Index size_below) { return shape[axis] == 1 ? 0 : size_below; };
  return {data, step(0, shape[1] * shape[2] * shape[3]), step(1, shape[2] * shape[3]),
          step(2, shape[3]), step(3, 1)};
}

Result in_tiles(const Example& at, const AttentionPlan& plan, const Tensor& bias) {
  heed::AttentionInputs in{rows(at.q.data(), at.q.shape(), heads),
                           rows(at.k.data(), at.k.shape(), at.pairs),
                           rows(at.v.data(), at.v.shape(), at.pairs)};
  Result made{Tensor::empty(at.g.shape()),
              Tensor::zeros(at.q.shape()),
              Tensor::zeros(at.k.shape()),
              Tensor::zeros(at.v.shape()),
              {}};
  heed::AttentionGradients out{rows(made.dq.mutable_data(), made.dq.shape(), heads),
                               rows(made.dk.mutable_data(), made.dk.shape(), at.pairs),
                               rows(made.dv.mutable_data(), made.dv.shape(), at.pairs)};
  if (bias.defined()) {
    made.dbias = Tensor::zeros(bias.shape());
    in.bias = rows_of_bias(bias.data(), bias.shape());
    out.bias = rows_of_bias(made.dbias.mutable_data(), bias.shape());
  }
  std::vector<Real> sums(static_cast<std::size_t>(2 * batch * heads * at.queries));
  Real* const totals = sums.data() + sums.size() / 2;
  heed::attention_forward(plan, in, rows(made.y.mutable_data(), made.y.shape(), heads),
                          {sums.data(), totals});
  heed::attention_backward(plan, in,
                           {rows(made.y.data(), made.y.shape(), heads),
                            {sums.data(), totals},
                            rows(at.g.data(), at.g.shape(), heads)},
                           out, heed::Shared::nothing);
  return made;
}

// In float beside the largest number of b, or 1: a sum of large terms is off by more.
double distance(const Tensor& a, const Tensor& b) {
  constexpr bool in_float = sizeof(Real) == sizeof(float);
  double most = 0, largest = 1;
  for (Index i = 0; i < a.size(); ++i) {
    const double apart = std::abs(a.data()[i] - b.data()[i]);
    if (!(apart <= most)) most = apart;  // NaN too
    if (in_float) largest = std::max<double>(largest, std::abs(b.data()[i]));
  }
  return most / largest;
}

void check_all_tiles(const Example& at, AttentionOptions options, const std::string& name) {
  options.scale = 0.7;
  const Result expected = by_twin(at, options);
  AttentionPlan plan{.batch = batch,
                     .heads = heads,
                     .queries = at.queries,
                     .keys = at.keys,
                     .size = size,
                     .value_size = value_size,
                     .scale = static_cast<Real>(options.scale),
                     .causal = options.causal,
                     .window = options.window,
                     .mask = std::nullopt,
                     .sharing = heads / at.pairs,
                     .softcap = static_cast<Real>(options.softcap),
                     .from_start = options.alignment == heed::Alignment::upper_left,
                     .key_lengths = options.key_lengths};
  if (options.visible.defined()) {
    plan.mask.emplace(options.visible, Shape{batch, heads, at.queries, at.keys}, "test");
  }
  for (const Index tile_queries : {1, 3, 16, 64}) {
    for (const Index tile_keys : {1, 4, 7, 16, 64}) {
      plan.tile_queries = tile_queries;
      plan.tile_keys = tile_keys;
      const Result made = in_tiles(at, plan, options.bias);
      BOOST_TEST_CONTEXT(name << ", " << at.queries << " queries, " << at.keys << " keys, tiles of "
                              << tile_queries << " x " << tile_keys) {
        BOOST_TEST(distance(made.y, expected.y) < tolerance);
        BOOST_TEST(distance(made.dq, expected.dq) < tolerance);
        BOOST_TEST(distance(made.dk, expected.dk) < tolerance);
        BOOST_TEST(distance(made.dv, expected.dv) < tolerance);
        if (options.bias.defined()) BOOST_TEST(distance(made.dbias, expected.dbias) < tolerance);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(attention_tiles)

BOOST_AUTO_TEST_CASE(any_tiles_give_what_the_twin_gives) {
  for (const Index queries : {2, 17, 33}) {
    for (const Index keys : {1, 16, 37}) {
      const Example at(queries, keys);
      check_all_tiles(at, {}, "full");
      check_all_tiles(at, {.causal = true}, "causal");
      check_all_tiles(at, {.window = 3}, "window");
      check_all_tiles(at, {.causal = true, .window = 5}, "causal window");
      check_all_tiles(at, {.visible = at.mask()}, "mask");
      check_all_tiles(at, {.causal = true, .visible = at.mask()}, "causal mask");
    }
  }
}

BOOST_AUTO_TEST_CASE(with_a_bias_of_any_shape) {
  const Example at(17, 37);
  for (const Shape& shape :
       {Shape{batch, heads, 17, 37}, Shape{1, heads, 17, 37}, Shape{1, heads, 1, 37},
        Shape{batch, 1, 17, 37}, Shape{batch, 1, 1, 37}, Shape{1, 1, 17, 1}, Shape{1, 1, 1, 1}}) {
    check_all_tiles(at, {.bias = at.bias(shape)}, "bias " + shape.str());
    check_all_tiles(at, {.causal = true, .visible = at.mask(), .bias = at.bias(shape)},
                    "hidden bias " + shape.str());
  }
}

BOOST_AUTO_TEST_CASE(with_fewer_heads_of_keys_caps_lengths_and_from_the_start) {
  for (const Index pairs : {1, 2, 4}) {
    const Example at(33, 16, pairs);
    const Tensor bias = at.bias({1, 1, 33, 16});
    check_all_tiles(at, {}, "shared");
    check_all_tiles(at, {.causal = true, .bias = bias, .softcap = 2}, "capped");
    check_all_tiles(at, {.visible = at.mask(), .softcap = 0.5}, "capped mask");
    check_all_tiles(at, {.causal = true, .key_lengths = {5, 16}}, "lengths");
    check_all_tiles(at,
                    {.causal = true,
                     .window = 6,
                     .bias = bias,
                     .alignment = heed::Alignment::upper_left,
                     .key_lengths = {0, 9}},
                    "lengths from the start");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
