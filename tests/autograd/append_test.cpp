// append(): what was there stays, whoever goes on from it, and is copied only where it must be.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <thread>
#include <vector>

#include "autograd/ops.h"

namespace heed_test {
namespace {

using heed::append;
using heed::concat;
using heed::Generator;
using heed::Index;
using heed::NoGrad;
using heed::Tensor;

bool same(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() &&
         std::equal(a.values().begin(), a.values().end(), b.values().begin());
}

// (1, n, 3)
Tensor tokens(std::uint64_t seed, Index n) { return Generator(seed).normal({1, n, 3}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(append_to)

BOOST_AUTO_TEST_CASE(grows_where_it_lies) {
  const NoGrad off;
  Tensor grown = append(tokens(1, 4), tokens(2, 2), 1);
  Tensor joined = concat({tokens(1, 4), tokens(2, 2)}, 1);
  const heed::Real* const start = grown.data();
  Index moved = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const heed::Real* const before = grown.data();
    grown = append(grown, tokens(10 + i, 1), 1);
    joined = concat({joined, tokens(10 + i, 1)}, 1);
    moved += grown.data() != before;
    if (i == 9) BOOST_TEST(grown.data() == start);
  }
  BOOST_TEST(same(grown, joined));
  BOOST_TEST(moved > 1);  // the room ends
  BOOST_TEST(moved < 8);
}

BOOST_AUTO_TEST_CASE(branches_do_not_write_over_each_other) {
  const NoGrad off;
  const Tensor trunk = append(tokens(1, 4), tokens(2, 1), 1);
  const Tensor kept = concat({tokens(1, 4), tokens(2, 1)}, 1);
  std::vector<Tensor> branches, expected;
  for (std::uint64_t i = 0; i < 3; ++i) {
    branches.push_back(append(trunk, tokens(10 + i, 1), 1));
    expected.push_back(concat({kept, tokens(10 + i, 1)}, 1));
  }
  for (std::uint64_t step = 0; step < 3; ++step) {
    for (std::size_t i = 0; i < 3; ++i) {
      branches[i] = append(branches[i], tokens(20 + 3 * step + i, 2), 1);
      expected[i] = concat({expected[i], tokens(20 + 3 * step + i, 2)}, 1);
    }
  }
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(same(branches[i], expected[i]));
  BOOST_TEST(same(trunk, kept));
  // From inside what has grown, and from behind its first token.
  for (const auto& [from, to] : {std::pair<Index, Index>{0, 5}, {1, 11}}) {
    const Tensor part = reshape(slice(reshape(branches[0], {12, 3}), 0, from, to), {1, -1, 3});
    BOOST_TEST(same(append(part, tokens(40, 3), 1), concat({part, tokens(40, 3)}, 1)));
  }
  BOOST_TEST(same(branches[0], expected[0]));
}

BOOST_AUTO_TEST_CASE(several_rows_and_other_axes) {
  const NoGrad off;
  Generator rng(3);
  for (const auto& [first, second, axis] :
       {std::tuple<heed::Shape, heed::Shape, int>{{2, 3, 2}, {2, 1, 2}, 1},
        {{3, 2}, {2, 2}, 0},
        {{1, 1, 4}, {1, 1, 3}, -1},
        {{1, 0, 2}, {1, 3, 2}, 1},
        {{1, 3, 0}, {1, 2, 0}, 1}}) {
    Tensor grown = rng.normal(first), joined = grown;
    for (int i = 0; i < 3; ++i) {
      const Tensor more = rng.normal(second);
      grown = append(grown, more, axis);
      joined = concat({joined, more}, axis);
      BOOST_TEST(same(grown, joined));
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_pass_and_grown_memory_is_left_alone) {
  Tensor grown;
  {
    const NoGrad off;
    grown = append(tokens(1, 4), tokens(2, 1), 1);
  }
  Tensor more = tokens(3, 2);
  more.require_grad();
  const Tensor y = append(grown, more, 1);
  BOOST_TEST(y.data() != grown.data());
  const Tensor other = append(grown, tokens(4, 2), 1);  // takes the room
  sum(square(y)).backward();
  BOOST_TEST(same(more.grad(), 2.0 * more.detach()));
  BOOST_TEST(same(y.detach(), concat({tokens(1, 4), tokens(2, 1), more.detach()}, 1)));
  const NoGrad off;
  BOOST_TEST(!append(y, tokens(5, 1), 1).requires_grad());
}

BOOST_AUTO_TEST_CASE(one_of_several_threads_gets_the_room) {
  const NoGrad off;
  for (std::uint64_t round = 0; round < 20; ++round) {
    const Tensor trunk = append(tokens(1, 4), tokens(round, 1), 1);
    std::vector<Tensor> branches(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < branches.size(); ++i) {
      threads.emplace_back([&, i] {
        const NoGrad quiet;
        branches[i] = append(trunk, tokens(100 + i, 1), 1);
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (std::size_t i = 0; i < branches.size(); ++i) {
      BOOST_TEST(same(branches[i], concat({trunk, tokens(100 + i, 1)}, 1)));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
