// FlashAttention: the checks of its row beyond the laws.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "attention/dense/flash.h"
#include "attention/score_shift.h"
#include "autograd/memory.h"
#include "autograd/ops.h"
#include "tests/attention/sparse_work.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index width = 6, heads = 2;

Subject flash(Index tile, bool is_causal = false) {
  return Subject(find("flash"), {.width = width, .heads = heads, .causal = is_causal}, false,
                 {{"tile", static_cast<double>(tile)}});
}
Subject multi_head(bool is_causal = false) {
  return Subject(find("multihead"), {.width = width, .heads = heads, .causal = is_causal});
}

// Multi-head attention with the matrix of its weights, as whoever looks gets it.
std::vector<Tensor> by_the_matrix(const Subject& subject, const Call& call) {
  const ScoreShift nothing({Tensor::scalar(0)});
  return values_and_gradients(subject, call);
}

struct Three {
  Tensor q, k, v;
};
Three drawn(Index queries, Index keys) {
  return {sample({2, heads, queries, 4}, 1), sample({2, heads, keys, 4}, 2),
          sample({2, heads, keys, 3}, 3)};
}

// The plain way, (B, H, T, S).
Tensor scores_of(const Three& in) {
  return matmul(in.q, in.k, {.transpose_b = true}) * 0.5;
}

double grows_as(double few, double many) { return std::log2(many / few); }

}  // namespace

BOOST_AUTO_TEST_SUITE(flash_attention)

// 13 tokens, which most of the tiles do not divide; padded; with a context, causal too: values and
// all gradients.
BOOST_AUTO_TEST_CASE(flash_is_multi_head_for_every_tile) {
  for (const bool is_causal : {false, true}) {
    const Subject whole = multi_head(is_causal);
    for (const bool cross : {false, true}) {
      for (const bool padded : {false, true}) {
        Call call{.x = sample({2, 13, width}, 1)};
        if (cross) call.context = sample({2, 17, width}, 2);
        const Index keys = cross ? 17 : 13;
        if (padded) call.mask = padding({keys, keys - 4}, keys);
        const std::vector<Tensor> expected = by_the_matrix(whole, call);
        for (const Index tile : {0, 1, 2, 4, 5, 12, 13, 64}) {
          const double off = furthest(values_and_gradients(flash(tile, is_causal), call), expected);
          BOOST_TEST(off < 1e-12, "tile " << tile << ": off by " << off);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mask_of_single_queries_and_one_of_everything) {
  const Tensor x = sample({2, 9, width}, 3);
  const Mask near = window(2).expand(9, 9);
  BOOST_TEST(distance(flash(4)({.x = x, .mask = near}), multi_head()({.x = x, .mask = near})) <
             1e-12);
  const Mask none = padding({9, 0}, 9);
  BOOST_TEST(distance(flash(4)({.x = x, .mask = none}), multi_head()({.x = x, .mask = none})) <
             1e-12);
}

BOOST_AUTO_TEST_CASE(the_logarithm_of_the_sum_is_returned) {
  const Three in = drawn(7, 10);
  const Tensor expected = log(sum(exp(scores_of(in)), {-1}, true));
  for (const Index tile : {1, 3, 10}) {
    const Tensor found = attend_in_tiles(in.q, in.k, in.v, {.tile = tile}).logsumexp;
    BOOST_TEST(distance(found, expected) < 1e-13);
  }
  // Its derivative is the softmax.
  Tensor q = in.q.detach();
  q.require_grad();
  const Tensor g = sample(expected.shape(), 4);
  const Three leaf{q, in.k, in.v};
  const Tensor plain = log(sum(exp(scores_of(leaf)), {-1}, true));
  BOOST_TEST(distance(grad({sum(attend_in_tiles(q, in.k, in.v, {.tile = 3}).logsumexp * g)},
                           {q})[0],
                      grad({sum(plain * g)}, {q})[0]) < 1e-13);
}

// Parts merge in any grouping and in either order.
BOOST_AUTO_TEST_CASE(merging_is_associative) {
  const Three in = drawn(5, 12);
  const auto part = [&](Index from, Index to) {
    return see_tile(in.q, slice(in.k, 2, from, to), slice(in.v, 2, from, to), {});
  };
  const auto value = [](const PartialSoftmax& all) { return all.found / all.total; };
  const PartialSoftmax a = part(0, 3), b = part(3, 4), c = part(4, 12);
  const Tensor whole = value(part(0, 12));
  BOOST_TEST(distance(value(merge(merge(a, b), c)), whole) < 1e-13);
  BOOST_TEST(distance(value(merge(a, merge(b, c))), whole) < 1e-13);
  BOOST_TEST(distance(value(merge(merge(c, a), b)), whole) < 1e-13);
  BOOST_TEST(distance(value(merge(a, b)), whole) > 1e-3);
}

// Scores of a thousand: exponentials that no number holds.
BOOST_AUTO_TEST_CASE(large_scores_stay_finite) {
  Three in = drawn(6, 6);
  in.q = in.q * 1e4;
  const Tiled found = attend_in_tiles(in.q, in.k, in.v, {.tile = 2});
  BOOST_TEST(finite(found.y));
  BOOST_TEST(finite(found.logsumexp));
  BOOST_TEST(distance(found.y, matmul(softmax(scores_of(in), -1), in.v)) < 1e-9);
}

BOOST_AUTO_TEST_CASE(causal_tiles_that_nobody_sees_are_skipped) {
  const Three in = drawn(12, 12);
  const auto tiles = [&](Index tile, bool is_causal) {
    return attend_in_tiles(in.q, in.k, in.v, {.tile = tile, .causal = is_causal}).tiles;
  };
  BOOST_TEST(tiles(2, false) == 36);
  BOOST_TEST(tiles(2, true) == 21);
  BOOST_TEST(tiles(5, true) == 6);
  BOOST_TEST(tiles(12, true) == 1);
}

// Peak bytes of forward and backward beside what lived before: the kernel grows with the tokens,
// the matrix with their pairs.
BOOST_AUTO_TEST_CASE(memory_grows_with_the_tokens) {
  const auto peak = [](const Subject& subject, Index tokens, bool with_matrix) {
    const Call call{.x = sample({1, tokens, width}, 5)};
    const std::uint64_t before = memory::counters().live_bytes;
    memory::reset_peak();
    with_matrix ? by_the_matrix(subject, call) : values_and_gradients(subject, call);
    return static_cast<double>(memory::counters().peak_bytes - before);
  };
  const double kernel = grows_as(peak(flash(0), 2048, false), peak(flash(0), 4096, false));
  const double matrix = grows_as(peak(flash(0), 512, true), peak(flash(0), 1024, true));
  BOOST_TEST(kernel < 1.1);
  BOOST_TEST(kernel > 0.8);
  BOOST_TEST(matrix > 1.9);
}

BOOST_AUTO_TEST_CASE(tiles_of_nothing_are_refused) {
  const Three in = drawn(2, 2);
  BOOST_TEST(thrown<ValueError>([&] { attend_in_tiles(in.q, in.k, in.v, {.tile = 0}); }) ==
             "[attend_in_tiles] a tile must hold a query: 0");
  BOOST_TEST(thrown<ValueError>([] { flash(-1); }) ==
             "[flash] the tile must not be negative: -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
