// Sums over dependency trees, and the attention made of them: everything against the list of all
// trees.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>

#include "attention/maps.h"
#include "attention/masks.h"
#include "attention/structured/tree.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-11;

using Heads = std::vector<Index>;  // of each word; -1: the root

bool is_tree(const Heads& heads) {
  if (std::ranges::count(heads, -1) != 1) return false;
  for (const Index first : heads) {
    Index at = first;
    for (std::size_t steps = 0; at >= 0; ++steps) {
      if (steps > heads.size()) return false;
      at = heads[static_cast<std::size_t>(at)];
    }
  }
  return true;
}

// Is the head above every word between it and the one that depends on it?
bool is_projective(const Heads& heads) {
  const auto count = static_cast<Index>(heads.size());
  for (Index word = 0; word < count; ++word) {
    const Index head = heads[static_cast<std::size_t>(word)];
    if (head < 0) continue;
    for (Index between = std::min(word, head) + 1; between < std::max(word, head); ++between) {
      Index above = between;
      while (above >= 0 && above != head) above = heads[static_cast<std::size_t>(above)];
      if (above != head) return false;
    }
  }
  return true;
}

std::vector<Heads> all_trees(Index words, bool projective) {
  std::vector<Heads> trees;
  Heads heads(static_cast<std::size_t>(words), -1);
  const std::function<void(std::size_t)> choose = [&](std::size_t word) {
    if (word == heads.size()) {
      if (is_tree(heads) && (!projective || is_projective(heads))) trees.push_back(heads);
      return;
    }
    for (Index head = -1; head < words; ++head) {
      heads[word] = head;
      choose(word + 1);
    }
  };
  choose(0);
  return trees;
}

struct Summed {
  double log_z;
  Tensor arcs, root;
};

// Of the words of one row in `there`, (1, N, N) and (1, N).
Summed listed(const TreeScores& scores, Index row, const std::vector<Index>& there) {
  const Index words = scores.arcs.dim(1), count = static_cast<Index>(there.size());
  std::vector<Real> arcs(static_cast<std::size_t>(words * words)),
      root(static_cast<std::size_t>(words));
  double total = 0;
  for (const bool normalise : {false, true}) {
    for (const Heads& heads : all_trees(count, scores.projective)) {
      double score = 0;
      std::vector<Real*> used;
      for (std::size_t i = 0; i < heads.size(); ++i) {
        const Index word = there[i];
        if (heads[i] < 0) {
          score += static_cast<double>(scores.root.data()[row * words + word]);
          used.push_back(&root[static_cast<std::size_t>(word)]);
          continue;
        }
        const Index at = word * words + there[static_cast<std::size_t>(heads[i])];
        score += static_cast<double>(scores.arcs.data()[row * words * words + at]);
        used.push_back(&arcs[static_cast<std::size_t>(at)]);
      }
      if (!normalise) total += std::exp(score);
      for (Real* const number : used) {
        if (normalise) *number += static_cast<Real>(std::exp(score) / total);
      }
    }
  }
  return {std::log(total), Tensor({1, words, words}, arcs), Tensor({1, words}, root)};
}

void expect_as_listed(const TreeScores& scores, const std::vector<std::vector<Index>>& there) {
  const Tensor log_z = log_partition(scores);
  const TreeMarginals found = marginals(scores);
  for (std::size_t b = 0; b < there.size(); ++b) {
    const auto row = static_cast<Index>(b);
    const Summed expected = listed(scores, row, there[b]);
    BOOST_TEST(std::abs(static_cast<double>(log_z.data()[row]) - expected.log_z) < tiny);
    BOOST_TEST(distance(slice(found.arcs, 0, row, row + 1), expected.arcs) < tiny);
    BOOST_TEST(distance(slice(found.root, 0, row, row + 1), expected.root) < tiny);
  }
}

TreeScores scores(Index batch, Index words, std::uint64_t seed, bool projective) {
  return {.arcs = sample({batch, words, words}, seed) * 2.0,
          .root = sample({batch, words}, seed + 1),
          .projective = projective};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trees)

// Cayley: n^(n - 1) rooted trees; of them 1, 2, 7, 30, 143 are projective.
BOOST_AUTO_TEST_CASE(the_list_of_trees_is_complete) {
  const std::vector<std::size_t> any{1, 2, 9, 64, 625}, projective{1, 2, 7, 30, 143};
  for (Index words = 1; words <= 5; ++words) {
    const auto at = static_cast<std::size_t>(words - 1);
    BOOST_TEST(all_trees(words, false).size() == any[at]);
    BOOST_TEST(all_trees(words, true).size() == projective[at]);
  }
}

BOOST_AUTO_TEST_CASE(everything_is_as_the_list_of_all_trees_says) {
  for (const bool projective : {false, true}) {
    std::vector<Index> there;
    for (Index words = 1; words <= 5; ++words) {
      there.push_back(words - 1);
      expect_as_listed(scores(2, words, 10, projective), {there, there});
    }
  }
}

BOOST_AUTO_TEST_CASE(absent_words_are_in_no_tree) {
  TreeScores any = scores(3, 5, 20, false);
  any.real = Mask({3, 5}, {1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0});
  expect_as_listed(any, {{0, 1, 2, 3, 4}, {1, 3, 4}, {2}});
  TreeScores nested = scores(3, 5, 20, true);
  nested.real = Mask({3, 5}, {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0});
  expect_as_listed(nested, {{0, 1, 2, 3, 4}, {0, 1, 2}, {0}});
}

BOOST_AUTO_TEST_CASE(marginals_are_the_gradient_of_log_z) {
  for (const bool projective : {false, true}) {
    TreeScores at = scores(2, 7, 30, projective);
    at.real = padding({7, 5}, 7).reshape({2, 7});
    at.arcs = at.arcs.detach().require_grad();
    at.root = at.root.detach().require_grad();
    const std::vector<Tensor> slope = grad({sum(log_partition(at))}, {at.arcs, at.root});
    const TreeMarginals found = marginals(at);
    BOOST_TEST(distance(found.arcs, slope[0]) < tiny);
    BOOST_TEST(distance(found.root, slope[1]) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(every_word_has_one_head_or_is_the_root) {
  for (const bool projective : {false, true}) {
    const TreeMarginals found = marginals(scores(3, 8, 40, projective));
    BOOST_TEST(distance(sum(found.arcs, {2}) + found.root, Tensor::ones({3, 8})) < tiny);
    BOOST_TEST(distance(sum(found.root, {1}), Tensor::ones({3})) < tiny);
    BOOST_TEST(largest(diagonal(found.arcs)) == 0.0);
  }
}

BOOST_AUTO_TEST_CASE(derivatives_of_tree_marginals) {
  for (const bool projective : {false, true}) {
    gradcheck("marginals", [&](const std::vector<Tensor>& x) {
      const TreeMarginals found =
          marginals({.arcs = x[0], .root = x[1], .projective = projective});
      return concat({reshape(found.arcs, {-1}), reshape(found.root, {-1})}, 0);
    }, {sample({1, 3, 3}, 50), sample({1, 3}, 51)});
  }
}

// Without a gradient that anybody wants, and inside a NoGrad.
BOOST_AUTO_TEST_CASE(projective_marginals_need_no_graph) {
  TreeScores at = scores(1, 4, 60, true);
  const TreeMarginals plain = marginals(at);
  BOOST_TEST(!plain.arcs.requires_grad());
  at.arcs = at.arcs.detach().require_grad();
  BOOST_TEST(marginals(at).arcs.requires_grad());
  const NoGrad off;
  const TreeMarginals quiet = marginals(at);
  BOOST_TEST(!quiet.arcs.requires_grad());
  BOOST_TEST(distance(quiet.arcs, plain.arcs) == 0.0);
}

BOOST_AUTO_TEST_CASE(far_scores_are_safe) {
  for (const bool projective : {false, true}) {
    TreeScores far = scores(1, 6, 70, projective);
    far.arcs = far.arcs * 1e3;
    const TreeMarginals found = marginals(far);
    BOOST_TEST(distance(sum(found.arcs, {2}) + found.root, Tensor::ones({1, 6})) < tiny);
    TreeScores high = scores(1, 4, 71, projective);
    const Tensor before = marginals(high).arcs;
    high.arcs = high.arcs + 1e4;
    high.root = high.root + 1e4;
    BOOST_TEST(distance(marginals(high).arcs, before) < 1e-8);
  }
}

// 0 and 1 want each other by e^400 and may not both: which of them is below 2 is a matter of 0.5.
BOOST_AUTO_TEST_CASE(cycles_leave_the_digits) {
  const Tensor arcs({1, 3, 3}, {0, 400, 0.5, 400, 0, 0, 0, 0, 0});
  const TreeScores at{.arcs = arcs, .root = Tensor({1, 3}, {-900, -900, 0})};
  const double expected = 1 / (1 + std::exp(-0.5));
  const TreeMarginals found = marginals(at);
  BOOST_TEST(std::abs(static_cast<double>(found.arcs.data()[2]) - expected) < tiny);
  BOOST_TEST(std::abs(static_cast<double>(found.arcs.data()[3]) - expected) < tiny);
  BOOST_TEST(std::abs(static_cast<double>(log_partition(at).item()) - 400.5 -
                      std::log1p(std::exp(-0.5))) < tiny);
}

// y_0 = p(0 below 1) v_1: two trees, whose scores are an arc and a root each.
BOOST_AUTO_TEST_CASE(two_tokens_choose_one_of_two_trees) {
  for (const bool projective : {false, true}) {
    const TreeScores at = scores(2, 2, 80, projective);
    const Tensor first_above = select(select(at.arcs, 1, 1), 1, 0) + select(at.root, 1, 0);
    const Tensor second_above = select(select(at.arcs, 1, 0), 1, 1) + select(at.root, 1, 1);
    const Tensor expected = softmax(stack({first_above, second_above}, 1));  // (B, 2)
    const TreeMarginals found = marginals(at);
    BOOST_TEST(distance(found.root, expected) < tiny);
    BOOST_TEST(distance(select(select(found.arcs, 1, 1), 1, 0), select(expected, 1, 0)) < tiny);
  }
}

// What it is for: an arc that would close a cycle is not taken, however good.
BOOST_AUTO_TEST_CASE(best_heads_that_form_a_cycle_are_not_all_taken) {
  const Tensor arcs({1, 3, 3}, {0, 9, 0, 9, 0, 3, 0, 0, 0});  // 0 and 1 want each other
  const TreeMarginals found = marginals({.arcs = arcs, .root = Tensor({1, 3}, {0, 0, 5})});
  BOOST_TEST(static_cast<double>(found.arcs.data()[1]) > 0.9);      // 0 below 1
  BOOST_TEST(static_cast<double>(found.arcs.data()[3 + 2]) > 0.9);  // 1 below 2
  BOOST_TEST(static_cast<double>(found.arcs.data()[3]) < 0.1);
}

BOOST_AUTO_TEST_CASE(crossing_arcs_are_for_the_other_trees) {
  Generator rng(1);
  const TreeAttention any({.width = 6, .heads = 2}, rng),
      nested({.width = 6, .heads = 2, .projective = true}, rng);
  copy_parameters(any, nested);
  const Tensor three = sample({2, 2, 6}, 90), five = sample({2, 5, 6}, 91);
  BOOST_TEST(distance(any.mix({.x = three}).y, nested.mix({.x = three}).y) < tiny);
  BOOST_TEST(distance(any.mix({.x = five}).y, nested.mix({.x = five}).y) > 1e-3);
}

BOOST_AUTO_TEST_CASE(trees_that_do_not_fit_are_refused) {
  const auto said = [](const TreeScores& at) {
    return thrown<Error>([&] { marginals(at); });
  };
  const Tensor arcs = sample({2, 3, 3}, 1), root = sample({2, 3}, 2);
  BOOST_TEST(said({.arcs = sample({2, 3, 4}, 1), .root = root}) ==
             "[marginals] arcs must be (B, N, N): got (2, 3, 4)");
  BOOST_TEST(said({.arcs = arcs, .root = sample({2, 4}, 2)}) ==
             "[marginals] root must be (2, 3), a number a word: got (2, 4)");
  BOOST_TEST(said({.arcs = sample({2, 0, 0}, 1), .root = sample({2, 0}, 2)}) ==
             "[marginals] a tree has a word at least");
  BOOST_TEST(said({.arcs = arcs, .root = root, .real = Mask({3}, {1, 1, 1})}) ==
             "[marginals] the mask must be (2, 3): got (3)");
  BOOST_TEST(said({.arcs = arcs, .root = root, .real = Mask({2, 3}, {1, 1, 0, 1, 0, 1}),
                   .projective = true}) ==
             "[marginals] of projective trees absent words must lie at the end: word 1 of row 1 is "
             "absent and the next is not");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
