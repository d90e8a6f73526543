// Big Bird: the checks of its row beyond the laws.
#include <boost/test/unit_test.hpp>

#include <set>

#include "attention/sparse/big_bird.h"
#include "autograd/ops.h"
#include "tests/attention/sparse_work.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index width = 6, heads = 2;

Subject big_bird(const BigBirdOptions& options) {
  return Subject(find("bigbird"), {.width = width, .heads = heads}, false,
                 {{"block", static_cast<double>(options.block)},
                  {"random", static_cast<double>(options.random)},
                  {"globals", options.globals ? 1.0 : 0.0},
                  {"seed", static_cast<double>(options.seed)}});
}
Subject other(const char* name, const std::map<std::string, double>& options = {}) {
  return Subject(find(name), {.width = width, .heads = heads}, false, options);
}
// What the mixer is made with.
BigBirdOptions of(Index block, Index random, bool globals = true, std::uint64_t seed = 1) {
  return {.heads = heads, .block = block, .random = random, .globals = globals, .seed = seed};
}

Index entries(const Mask& mask) {
  Index count = 0;
  for (const std::uint8_t sees : mask.values()) count += sees;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(big_bird_attention)

BOOST_AUTO_TEST_CASE(one_block_is_full_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  const Tensor full = other("multihead")(x);
  BOOST_TEST(distance(big_bird(of(9, 0, false))(x), full) < 1e-12);
  BOOST_TEST(distance(big_bird(of(100, 1))(x), full) < 1e-12);
  BOOST_TEST(distance(big_bird(of(1, 9))(x), full) < 1e-12);
  BOOST_TEST(distance(big_bird(of(1, 1))(x), full) > 1e-4);
}

BOOST_AUTO_TEST_CASE(blocks_of_one_and_their_neighbours_are_local_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  const Tensor local = other("local", {{"window", 1}})(x);
  BOOST_TEST(distance(big_bird(of(1, 0, false))(x), local) < 1e-12);
  BOOST_TEST(distance(big_bird(of(1, 0))(x), local) > 1e-4);
}

// Full attention under the mask of its blocks: values and gradients, with the last block complete
// and not, and with padding.
BOOST_AUTO_TEST_CASE(big_bird_is_full_attention_with_its_mask) {
  const Subject dense = other("multihead");
  for (const BigBirdOptions& options : {of(4, 1), of(3, 2), of(4, 0), of(4, 2, false), of(1, 1)}) {
    const Subject sparse = big_bird(options);
    for (const Index tokens : {1, 4, 13, 40, 70}) {
      Call call{.x = sample({2, tokens, width}, 2)}, masked = call;
      masked.mask = by_token(big_bird_blocks(options, tokens), options.block, tokens);
      BOOST_TEST(furthest(values_and_gradients(sparse, call),
                          values_and_gradients(dense, masked)) < 1e-10);
      call.mask = padding({tokens, (tokens + 1) / 2}, tokens);
      masked.mask = masked.mask & call.mask;
      BOOST_TEST(furthest(values_and_gradients(sparse, call),
                          values_and_gradients(dense, masked)) < 1e-10);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mask_of_single_queries_is_taken_too) {
  const Tensor x = sample({2, 24, width}, 3);
  const Mask own = by_token(big_bird_blocks(of(3, 1), 24), 3, 24);
  const Mask narrow = window(6).expand(24, 24);
  BOOST_TEST(distance(big_bird(of(3, 1))({.x = x, .mask = narrow}),
                      other("multihead")({.x = x, .mask = own & narrow})) < 1e-12);
}

// Through a global block everybody reaches everybody in two steps; with the neighbours alone not.
BOOST_AUTO_TEST_CASE(two_layers_see_all_through_the_global_blocks) {
  constexpr Index blocks = 20;
  const auto reach_all = [](const BigBirdOptions& options) {
    const SeenBlocks seen = big_bird_blocks(options, blocks * options.block);
    for (const auto& head : seen) {
      for (const auto& row : head) {
        std::set<std::int32_t> reached;
        for (const std::int32_t between : row) {
          const auto& next = head[static_cast<std::size_t>(between)];
          reached.insert(next.begin(), next.end());
        }
        if (reached.size() != blocks) return false;
      }
    }
    return true;
  };
  BOOST_TEST(reach_all(of(2, 0)));
  BOOST_TEST(!reach_all(of(2, 1, false)));
}

// The same seed draws the same in every run, another one differently; heads differ; no block is
// drawn that is seen anyway, and each is drawn sometimes.
BOOST_AUTO_TEST_CASE(blocks_are_drawn_by_the_seed) {
  constexpr Index blocks = 12;
  const SeenBlocks seen = big_bird_blocks(of(2, 2), 2 * blocks);
  BOOST_TEST((seen == big_bird_blocks(of(2, 2), 2 * blocks)));
  BOOST_TEST((seen != big_bird_blocks(of(2, 2, true, 2), 2 * blocks)));
  BOOST_TEST((seen[0] != seen[1]));
  std::set<std::int32_t> drawn;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::vector<std::int32_t> row =
        big_bird_blocks(of(2, 2, true, seed), 2 * blocks)[0][5];
    BOOST_TEST(row.size() == 7U);
    BOOST_TEST(std::set<std::int32_t>(row.begin(), row.end()).size() == 7U);
    for (const std::int32_t fixed : {4, 5, 6, 0, 11}) {
      BOOST_TEST(std::count(row.begin(), row.end(), fixed) == 1);
    }
    drawn.insert(row.begin(), row.end());
  }
  BOOST_TEST(drawn.size() == static_cast<std::size_t>(blocks));
}

// Of the counted pairs only those beside the first and the last block, which have one block less to
// see, are no entries: l^2 in each of the two rows and heads.
BOOST_AUTO_TEST_CASE(big_bird_costs_what_its_blocks_hold) {
  for (const Index block : {4, 8, 16}) {
    for (const Index random : {0, 1, 2}) {
      const Index tokens = 16 * block;
      const BigBirdOptions options = of(block, random);
      const Index pairs = entries(by_token(big_bird_blocks(options, tokens), block, tokens)) +
                          2 * heads * block * block;
      const Index whole = 2 * block * tokens, others = 14 * block * (5 + random) * block;
      BOOST_TEST(pairs == heads * (whole + others));
      const Work work = work_of(big_bird(options), tokens, width);
      BOOST_TEST(work.forward == static_cast<std::uint64_t>(2 * pairs * width / heads));
      BOOST_TEST(work.backward == static_cast<std::uint64_t>(5 * pairs * width / heads));
    }
  }
}

// What is kept for the backward pass grows with the tokens, not with their pairs.
BOOST_AUTO_TEST_CASE(big_bird_keeps_no_matrix) {
  const Subject subject = big_bird(of(8, 1));
  BOOST_TEST(static_cast<double>(work_of(subject, 1024, width).kept) <
             4.4 * static_cast<double>(work_of(subject, 256, width).kept));
}

BOOST_AUTO_TEST_CASE(what_are_no_blocks_is_refused) {
  BOOST_TEST(thrown<ValueError>([] { big_bird_blocks(of(0, 1), 8); }) ==
             "[bigbird] a block must hold a token, and the drawn blocks must not be negative: 0, "
             "1");
  BOOST_TEST(thrown<ValueError>([] { big_bird(of(2, -1)); }) ==
             "[bigbird] a block must hold a token, and the drawn blocks must not be negative: 2, "
             "-1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
