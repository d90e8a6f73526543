// The two patterns of the Sparse Transformer: the checks of their row beyond the laws.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "attention/sparse/fixed.h"
#include "attention/sparse/strided.h"
#include "autograd/ledger.h"
#include "autograd/ops.h"
#include "tests/attention/sparse_work.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index width = 6;

Subject of(const char* name, const std::map<std::string, double>& options, bool is_causal) {
  return Subject(find(name), {.width = width, .heads = 2, .causal = is_causal}, false, options);
}
Subject by_stride(Index stride, bool is_causal) {
  return of("strided", {{"stride", static_cast<double>(stride)}}, is_causal);
}
Subject by_block(Index block, Index summaries, bool is_causal) {
  return of("fixed",
            {{"block", static_cast<double>(block)}, {"summaries", static_cast<double>(summaries)}},
            is_causal);
}

// A mechanism and full attention under a mask of its pattern: values and gradients.
void check_against_mask(const Subject& sparse, const Pattern& pattern, bool is_causal) {
  const Subject dense = of("multihead", {}, is_causal);
  for (const Index tokens : {1, 4, 12, 13, 70}) {
    Call call{.x = sample({2, tokens, width}, 2)};
    Call masked = call;
    masked.mask = pattern.expand(tokens, tokens);
    BOOST_TEST(furthest(values_and_gradients(sparse, call),
                        values_and_gradients(dense, masked)) < 1e-10);
    call.mask = padding({tokens, (tokens + 1) / 2}, tokens);
    masked.mask = masked.mask & call.mask;
    BOOST_TEST(furthest(values_and_gradients(sparse, call),
                        values_and_gradients(dense, masked)) < 1e-10);
  }
}

// Does everybody see all before it in two steps?
bool two_steps_reach_all(const Pattern& pattern, Index tokens) {
  for (Index i = 0; i < tokens; ++i) {
    for (Index j = 0; j <= i; ++j) {
      bool found = false;
      for (Index between = 0; between < tokens && !found; ++between) {
        found = pattern.sees(i, between) && pattern.sees(between, j);
      }
      if (!found) return false;
    }
  }
  return true;
}

// Forward 2, backward 5 multiply-adds a channel and entry.
void check_work(const Subject& subject, Index entries, Index tokens) {
  const Work work = work_of(subject, tokens, width);
  BOOST_TEST(work.forward == static_cast<std::uint64_t>(2 * entries * width));
  BOOST_TEST(work.backward == static_cast<std::uint64_t>(5 * entries * width));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sparse_transformer)

BOOST_AUTO_TEST_CASE(strided_by_one_is_full_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  for (const bool is_causal : {false, true}) {
    const Tensor full = of("multihead", {}, is_causal)(x);
    BOOST_TEST(distance(by_stride(1, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(by_stride(9, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(by_stride(3, is_causal)(x), full) > 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(fixed_blocks_of_one_are_full_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  for (const bool is_causal : {false, true}) {
    const Tensor full = of("multihead", {}, is_causal)(x);
    BOOST_TEST(distance(by_block(1, 1, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(by_block(3, 3, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(by_block(9, 1, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(by_block(3, 1, is_causal)(x), full) > 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(they_are_full_attention_with_their_mask) {
  for (const bool is_causal : {false, true}) {
    check_against_mask(by_stride(4, is_causal), strided(4, is_causal), is_causal);
    check_against_mask(by_block(4, 1, is_causal), fixed_blocks(4, 1, is_causal), is_causal);
    check_against_mask(by_block(4, 2, is_causal), fixed_blocks(4, 2, is_causal), is_causal);
  }
}

BOOST_AUTO_TEST_CASE(a_mask_of_single_queries_is_taken_too) {
  const Tensor x = sample({2, 13, width}, 3);
  const Mask own = strided(4, true).expand(13, 13), other = window(6).expand(13, 13);
  BOOST_TEST(distance(by_stride(4, true)({.x = x, .mask = other}),
                      of("multihead", {}, true)({.x = x, .mask = own & other})) < 1e-12);
}

BOOST_AUTO_TEST_CASE(two_layers_see_all_that_was_before) {
  BOOST_TEST(two_steps_reach_all(strided(4, true), 30));
  BOOST_TEST(two_steps_reach_all(fixed_blocks(4, 1, true), 30));
  BOOST_TEST(two_steps_reach_all(fixed_blocks(5, 2, true), 30));
  BOOST_TEST(!two_steps_reach_all(banded(true, 4), 30));
}

// Stride and window together, of which a token and those on the stride in its window count once.
BOOST_AUTO_TEST_CASE(strided_costs_what_its_pattern_holds) {
  for (const Index l : {4, 8, 16, 32}) {
    const Index tokens = l * l, window_entries = tokens * l - l * (l - 1) / 2,
                stride_entries = l * (l * (l - 1) / 2);
    const Index entries = strided(l, true).entries(tokens, tokens);
    BOOST_TEST(entries == window_entries + stride_entries);
    BOOST_TEST(entries < 2 * tokens * l);  // twice T sqrt(T)
    check_work(by_stride(l, true), entries, tokens);
  }
  check_work(by_stride(8, true), strided(8, true).entries(200, 200), 200);
}

BOOST_AUTO_TEST_CASE(fixed_costs_what_its_pattern_holds) {
  for (const Index l : {4, 8, 16}) {
    for (const Index c : {1, 2}) {
      const Index tokens = l * l, block_entries = l * (l * (l + 1) / 2),
                  summary_entries = l * c * (l * (l - 1) / 2);
      const Index entries = fixed_blocks(l, c, true).entries(tokens, tokens);
      BOOST_TEST(entries == block_entries + summary_entries);
      check_work(by_block(l, c, true), entries, tokens);
    }
  }
}

// What is kept for the backward pass grows with the tokens, not with their pairs.
BOOST_AUTO_TEST_CASE(they_keep_no_matrix) {
  const auto growth = [](auto subject) {
    return static_cast<double>(work_of(subject(32), 1024, width).kept) /
           static_cast<double>(work_of(subject(8), 64, width).kept);
  };
  BOOST_TEST(growth([](Index l) { return by_stride(l, true); }) < 17);
  BOOST_TEST(growth([](Index l) { return by_block(l, 1, true); }) < 17);
}

// A token that continues a state reads the keys it sees, no others.
BOOST_AUTO_TEST_CASE(decoding_reads_what_it_sees) {
  constexpr Index tokens = 64;
  const Subject subject = by_stride(8, true);
  const Tensor x = sample({1, tokens, width}, 4);
  const Mixed before =
      subject.mixer().mix({.x = slice(x, 1, 0, tokens - 1), .state = MixerState{}});
  const Ledger ledger;
  subject.mixer().mix({.x = slice(x, 1, tokens - 1, tokens), .state = before.state});
  const Index seen = 8 + 7;  // the window, and one in each block before it
  BOOST_TEST(ledger.cost().multiply_adds ==
             static_cast<std::uint64_t>(4 * width * width + 2 * seen * width));
}

BOOST_AUTO_TEST_CASE(what_is_no_pattern_is_refused) {
  const auto text = [](const char* wanted) {
    return [wanted](const ValueError& error) { return std::string(error.what()) == wanted; };
  };
  BOOST_CHECK_EXCEPTION(strided(0, true), ValueError,
                        text("[strided] the stride must be at least 1: 0"));
  BOOST_CHECK_EXCEPTION(fixed_blocks(4, 5, true), ValueError,
                        text("[fixed] of a block of 4, 1 to 4 can be summaries: 5"));
  BOOST_CHECK_EXCEPTION(fixed_blocks(4, 0, true), ValueError,
                        text("[fixed] of a block of 4, 1 to 4 can be summaries: 0"));
  BOOST_CHECK_EXCEPTION(by_block(32, 21, true), ValueError,
                        text("[fixed] at most 20 summaries: 21"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
