// Two-stream attention, which is no mixer: who sees whom, its limit, its gradients, its refusals.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>

#include "attention/maps.h"
#include "attention/memory/transformer_xl.h"
#include "attention/training/two_stream.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/slopes.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-13;

std::unique_ptr<TwoStream> layer() {
  Generator rng(7);
  auto made = std::make_unique<TwoStream>(TwoStreamOptions{.width = 6, .heads = 3}, rng);
  for (const Parameter& own : made->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.6));
  }
  return made;
}

Streams streams(Index batch, Index length, std::uint64_t seed) {
  return {sample({batch, length, 6}, seed), sample({batch, length, 6}, seed + 1)};
}

Indices row(std::vector<std::int32_t> ranks) { return Indices(std::move(ranks)); }

// Of each of two layers one over the other, that token i of a stream depends on token j of the
// text: the query stream begins with what is no text.
Influence after_two(bool of_query, const Tensor& text, const Indices& order) {
  const auto made = layer();
  const Tensor g = sample(text.shape(), 40);
  return influence([&](const Tensor& x) {
    const Streams once = (*made)({x, g}, order);
    const Streams twice = (*made)({x + once.content, g + once.query}, order);
    return of_query ? twice.query : twice.content;
  }, text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(two_streams)

BOOST_AUTO_TEST_CASE(a_query_sees_what_comes_before_and_never_itself) {
  Generator rng(2);
  for (std::uint64_t trial = 0; trial < 6; ++trial) {
    const Indices order = draw_orders(1, 5, rng);
    const Tensor text = sample({1, 5, 6}, 50 + trial);
    const Influence content = after_two(false, text, order), query = after_two(true, text, order);
    for (std::size_t i = 0; i < 5; ++i) {
      for (std::size_t j = 0; j < 5; ++j) {
        const std::int32_t me = order[static_cast<Index>(i)], other = order[static_cast<Index>(j)];
        BOOST_TEST((content[i][j] != 0) == (other <= me));
        BOOST_TEST((query[i][j] != 0) == (other < me));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(padding_comes_last_in_the_order) {
  const auto made = layer();
  const Streams in = streams(2, 5, 12);
  const auto first_three = [](const Tensor& x) { return slice(x, 1, 0, 3); };
  const Streams padded = (*made)(in, row({1, 2, 0, 5, 5}));
  const Streams alone{first_three(in.content), first_three(in.query)};
  const Streams expected = (*made)(alone, row({1, 2, 0}));
  BOOST_TEST(distance(first_three(padded.content), expected.content) < tiny);
  BOOST_TEST(distance(first_three(padded.query), expected.query) < tiny);
}

BOOST_AUTO_TEST_CASE(over_all_orders_everything_is_seen_but_oneself) {
  std::vector<std::int32_t> ranks{0, 1, 2, 3};
  Mask content = content_sees(row(ranks)), query = query_sees(row(ranks));
  do {
    content = content | content_sees(row(ranks));
    query = query | query_sees(row(ranks));
  } while (std::next_permutation(ranks.begin(), ranks.end()));
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 4; ++j) {
      BOOST_TEST(content[4 * i + j]);
      BOOST_TEST(query[4 * i + j] == (i != j));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_order_of_the_text_is_causal) {
  const auto made = layer();
  Generator rng(1);
  const TransformerXL causal({.width = 6, .heads = 3}, rng);
  copy_parameters(*made, causal);
  const Streams in = streams(2, 5, 2);
  const Tensor expected = causal.mix({.x = in.content}).y;
  BOOST_TEST(distance((*made)(in, row({0, 1, 2, 3, 4})).content, expected) < tiny);
  BOOST_TEST(distance((*made)(in, row({0, 1, 2, 4, 3})).content, expected) > 1e-3);
}

// With the content in both streams, the query stream is the content stream without the diagonal.
BOOST_AUTO_TEST_CASE(both_streams_are_one_layer) {
  const auto made = layer();
  const Tensor x = sample({2, 4, 6}, 4);
  const Indices later = row({2, 0, 3, 1});
  const Streams out = (*made)({x, x}, later);
  const MapRecorder recorder;
  (*made)({x, x}, later);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2u);
  const Tensor content = recorder.maps()[0].weights, query = recorder.maps()[1].weights;
  const Tensor without = content * (1.0 - Tensor::eye(4));
  const Tensor total = sum(without, {-1}, true);
  const Tensor expected = where(total > 0, without / where(total > 0, total, 1.0), 0.0);
  BOOST_TEST(distance(query, expected) < tiny);
  BOOST_TEST(distance(out.query, out.content) > 1e-3);
}

BOOST_AUTO_TEST_CASE(the_first_of_an_order_gets_nothing) {
  const auto made = layer();
  const Tensor query = (*made)(streams(2, 4, 5), row({2, 0, 3, 1})).query;
  BOOST_TEST(largest(slice(query, 1, 1, 2)) == 0.0);
  BOOST_TEST(largest(slice(query, 1, 0, 1)) > 1e-3);
  const Streams alone = (*made)(streams(2, 1, 11), row({0}));
  BOOST_TEST(largest(alone.query) == 0.0);
  BOOST_TEST(largest(alone.content) > 1e-3);
}

BOOST_AUTO_TEST_CASE(rows_of_a_batch_have_orders_of_their_own) {
  const auto made = layer();
  const Streams in = streams(2, 3, 6);
  const Streams both = (*made)(in, Indices({2, 3}, {0, 1, 2, 2, 0, 1}));
  const Streams second = (*made)({slice(in.content, 0, 1, 2), slice(in.query, 0, 1, 2)},
                                 row({2, 0, 1}));
  BOOST_TEST(distance(slice(both.query, 0, 1, 2), second.query) < tiny);
  BOOST_TEST(distance(slice(both.content, 0, 1, 2), second.content) < tiny);
}

BOOST_AUTO_TEST_CASE(orders_are_permutations_of_all_kinds) {
  Generator rng(3);
  const Indices orders = draw_orders(400, 4, rng);
  std::vector<int> counts(16, 0);  // of each place and rank
  for (Index b = 0; b < 400; ++b) {
    std::vector<std::int32_t> ranks(orders.data() + 4 * b, orders.data() + 4 * b + 4);
    for (std::size_t i = 0; i < 4; ++i) ++counts[4 * i + static_cast<std::size_t>(ranks[i])];
    std::ranges::sort(ranks);
    BOOST_TEST_REQUIRE((ranks == std::vector<std::int32_t>{0, 1, 2, 3}));
  }
  for (const int count : counts) BOOST_TEST(std::abs(count - 100) < 40);  // 4.6 sigma
}

BOOST_AUTO_TEST_CASE(derivatives_of_both_streams) {
  const auto made = layer();
  const Indices order = row({1, 2, 0});
  const auto loss = [&](const Streams& in) {
    const Streams out = (*made)(in, order);
    return sum(square(out.content)) + sum(square(out.query));
  };
  const Streams in = streams(2, 3, 8);
  gradcheck("xlnet", [&](const std::vector<Tensor>& x) { return loss({x[0], x[1]}); },
            {in.content, in.query});
  BOOST_TEST(deviation([&] { return loss(in); }, *made) < 1e-6);
}

BOOST_AUTO_TEST_CASE(streams_that_do_not_fit_are_refused) {
  const auto made = layer();
  const Tensor x = sample({2, 3, 6}, 9);
  const auto said = [&](const Streams& in, const Indices& order) {
    return thrown<ShapeError>([&] { (*made)(in, order); });
  };
  BOOST_TEST(said({sample({2, 3, 4}, 9), x}, row({0, 1, 2})) ==
             "[xlnet] content must be (B, T, C) = (any, any, 6), got (2, 3, 4)");
  BOOST_TEST(said({x, sample({2, 4, 6}, 9)}, row({0, 1, 2})) ==
             "[xlnet] both streams must have one shape: content (2, 3, 6), query (2, 4, 6)");
  BOOST_TEST(said({x, x}, row({0, 1})) ==
             "[xlnet] the order must be (2, 3) or (3), the rank of each token: got (2)");
  BOOST_TEST(thrown<ShapeError>([] { query_sees(Indices({1, 1, 1}, {0})); }) ==
             "[query_sees] the order must be (B, T) or (T), the rank of each token: got (1, 1, 1)");
  Generator rng(1);
  BOOST_TEST(thrown<ValueError>([&] { TwoStream({.width = 3}, rng); }) ==
             "[xlnet] width must be even, for pairs of sine and cosine: 3");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
