// Attention by features against pytorch-fast-transformers and performer-pytorch.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/efficient/by_features.h"
#include "attention/efficient/performer.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

// Theirs adds 1e-4 to each exponential, and takes off the largest W u without looking at |u|^2, of
// a query over its features, of keys over all of a head: as a constant, which the 1e-4 does not let
// cancel.
Tensor their_features(const Tensor& x, const Tensor& w, bool of_query) {
  const Tensor u = x * std::pow(static_cast<double>(x.dim(-1)), -0.25);
  const Tensor products = matmul(u, w, {.transpose_b = true});
  const Tensor highest =
      of_query ? max(products, {-1}, true) : max(products, {-2, -1}, true);
  const double share = 1e-4 / std::sqrt(static_cast<double>(w.dim(0)));
  return attention::positive_features(u, w, highest.detach()) + share;
}

BOOST_AUTO_TEST_SUITE(by_features)

// Theirs has heads behind tokens, (B, T, H, D), and adds 1e-6 to each sum of a row.
BOOST_AUTO_TEST_CASE(linear_attention) {
  const Golden golden("fast_linear_attention");
  const Tensor q = golden.leaf("input.q"), k = golden.leaf("input.k"), v = golden.leaf("input.v");
  const Indices lengths = golden.ids("input.key_lengths");
  const Mask real = attention::padding({lengths[0], lengths[1]}, 7).reshape({2, 1, 7, 1});
  const auto by_heads = [](const Tensor& x) { return permute(x, {0, 2, 1, 3}); };
  const Tensor keys = where(real, elu(by_heads(k)) + 1, 0.0);
  const Tensor y = by_heads(attention::attend_by_features(elu(by_heads(q)) + 1, keys, by_heads(v),
                                                          {.eps = 1e-6}));
  expect_golden(golden, {{"input.q", q}, {"input.k", k}, {"input.v", v}}, {{"output", y}}, {});
}

BOOST_AUTO_TEST_CASE(features_of_a_performer) {
  const Golden golden("performer_features");
  const Tensor x = golden.leaf("input.x"), w = golden["input.proj"];
  expect_golden(golden, {{"input.x", x}},
                {{"output.query", their_features(x, w, true)},
                 {"output.key", their_features(x, w, false)}},
                {});
}

BOOST_AUTO_TEST_CASE(performer_attention) {
  const Golden golden("performer_attention");
  const Tensor q = golden.leaf("input.q"), k = golden.leaf("input.k"), v = golden.leaf("input.v");
  const Tensor w = golden["buffer.projection_matrix"];
  const Tensor y = attention::attend_by_features(their_features(q, w, true),
                                                 their_features(k, w, false), v, {});
  expect_golden(golden, {{"input.q", q}, {"input.k", k}, {"input.v", v}}, {{"output", y}}, {});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
