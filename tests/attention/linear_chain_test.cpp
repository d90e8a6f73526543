// Linear chains and the attention over them: everything against the list of all sequences.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/masks.h"
#include "attention/score_shift.h"
#include "attention/structured/crf.h"
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

constexpr double tiny = 1e-12;

// What the sum over all sequences of the tokens that are there says.
struct Listed {
  std::vector<Real> log_z, states, steps, best_score;
  std::vector<std::int32_t> best;
};

// Every sequence of one row, from plain numbers.
class Lister {
 public:
  Lister(const Chain& chain, Index row)
      : chain_(chain), row_(row), count_(chain.unary.dim(1)), kinds_(chain.unary.dim(2)) {}

  void add_to(Listed& listed) {
    states_.assign(static_cast<std::size_t>(count_ * kinds_), 0);
    steps_.assign(static_cast<std::size_t>((count_ - 1) * kinds_ * kinds_), 0);
    best_.assign(static_cast<std::size_t>(count_), -1);
    visit(std::vector<std::int32_t>(static_cast<std::size_t>(count_), -1), 0);
    listed.log_z.push_back(static_cast<Real>(std::log(total_)));
    for (const double p : states_) listed.states.push_back(static_cast<Real>(p / total_));
    for (const double p : steps_) listed.steps.push_back(static_cast<Real>(p / total_));
    listed.best.insert(listed.best.end(), best_.begin(), best_.end());
    listed.best_score.push_back(static_cast<Real>(highest_));
  }

 private:
  bool there(Index t) const { return !chain_.real.defined() || chain_.real[row_ * count_ + t]; }

  double pair(Index t, Index next, Index here) const {
    const Index matrix = chain_.pairs.rank() == 2 ? 0 : row_ * (count_ - 1) + t;
    return static_cast<double>(chain_.pairs.data()[(matrix * kinds_ + next) * kinds_ + here]);
  }

  void visit(std::vector<std::int32_t> z, Index t) {
    if (t == count_) return count(z);
    if (!there(t)) return visit(z, t + 1);
    for (std::int32_t state = 0; state < kinds_; ++state) {
      z[static_cast<std::size_t>(t)] = state;
      visit(z, t + 1);
    }
  }

  void count(const std::vector<std::int32_t>& z) {
    double score = 0;
    Index before = -1;
    for (Index t = 0; t < count_; ++t) {
      if (!there(t)) continue;
      const Index state = z[static_cast<std::size_t>(t)];
      score += static_cast<double>(chain_.unary.data()[(row_ * count_ + t) * kinds_ + state]);
      if (before >= 0) score += pair(before, state, z[static_cast<std::size_t>(before)]);
      before = t;
    }
    const double power = std::exp(score);
    total_ += power;
    if (total_ == power || score > highest_) {
      highest_ = score;
      best_ = z;
    }
    for (Index t = 0; t < count_; ++t) {
      if (!there(t)) continue;
      const Index state = z[static_cast<std::size_t>(t)];
      states_[static_cast<std::size_t>(t * kinds_ + state)] += power;
      if (t + 1 == count_ || !there(t + 1)) continue;
      const Index next = z[static_cast<std::size_t>(t + 1)];
      steps_[static_cast<std::size_t>((t * kinds_ + next) * kinds_ + state)] += power;
    }
  }

  const Chain& chain_;
  Index row_, count_, kinds_;
  double total_ = 0, highest_ = 0;
  std::vector<double> states_, steps_;
  std::vector<std::int32_t> best_;
};

void expect_as_listed(const Chain& chain) {
  const Index batch = chain.unary.dim(0), count = chain.unary.dim(1), kinds = chain.unary.dim(2);
  Listed listed;
  for (Index b = 0; b < batch; ++b) Lister(chain, b).add_to(listed);
  BOOST_TEST(distance(log_partition(chain), Tensor({batch}, listed.log_z)) < tiny);
  BOOST_TEST(distance(state_marginals(chain), Tensor({batch, count, kinds}, listed.states)) < tiny);
  BOOST_TEST(distance(step_marginals(chain),
                      Tensor({batch, count - 1, kinds, kinds}, listed.steps)) < tiny);
  const MostLikely best = most_likely(chain);
  BOOST_TEST(distance(best.score, Tensor({batch}, listed.best_score)) < tiny);
  const std::vector<std::int32_t> found(best.states.values().begin(), best.states.values().end());
  BOOST_TEST(found == listed.best, boost::test_tools::per_element());
}

// Real tokens of three rows of six: all, with holes, without the ends.
Mask three_rows() {
  return Mask({3, 6}, {1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0});
}

std::unique_ptr<Crf> layer() {
  Generator rng(7);
  auto made = std::make_unique<Crf>(CrfOptions{.width = 6, .hidden = 5}, rng);
  for (const Parameter& own : made->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.8));
  }
  return made;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linear_chains)

BOOST_AUTO_TEST_CASE(everything_is_as_the_list_of_all_sequences_says) {
  expect_as_listed({.unary = sample({2, 8, 2}, 1), .pairs = sample({2, 2}, 2)});
  expect_as_listed({.unary = sample({3, 5, 3}, 3), .pairs = sample({3, 4, 3, 3}, 4)});
  expect_as_listed({.unary = sample({2, 1, 3}, 5), .pairs = sample({3, 3}, 6)});
}

BOOST_AUTO_TEST_CASE(absent_tokens_are_stepped_over) {
  expect_as_listed({.unary = sample({3, 6, 2}, 7), .pairs = sample({2, 2}, 8),
                    .real = three_rows()});
  expect_as_listed({.unary = sample({2, 5, 2}, 9), .pairs = sample({2, 4, 2, 2}, 10),
                    .real = Mask({2, 5}, {0, 1, 1, 1, 1, 1, 1, 1, 0, 0})});
}

// Of the sum of log Z, by every score: a second way to all marginals.
BOOST_AUTO_TEST_CASE(marginals_are_the_gradient_of_log_z) {
  Tensor unary = sample({2, 7, 3}, 11), pairs = sample({2, 6, 3, 3}, 12);
  unary.require_grad();
  pairs.require_grad();
  const Chain chain{.unary = unary, .pairs = pairs,
                    .real = Mask({2, 7}, {1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0})};
  const std::vector<Tensor> slope = grad({sum(log_partition(chain))}, {unary, pairs});
  BOOST_TEST(distance(state_marginals(chain), slope[0]) < tiny);
  BOOST_TEST(distance(step_marginals(chain), slope[1]) < tiny);
}

BOOST_AUTO_TEST_CASE(derivatives_of_marginals) {
  const Mask real = Mask({2, 4}, {1, 1, 1, 1, 1, 1, 0, 1});
  gradcheck("state_marginals", [&](const std::vector<Tensor>& x) {
    return state_marginals({.unary = x[0], .pairs = x[1], .real = real});
  }, {sample({2, 4, 2}, 13), sample({2, 2}, 14)});
  gradcheck("step_marginals", [](const std::vector<Tensor>& x) {
    return step_marginals({.unary = x[0], .pairs = x[1]});
  }, {sample({1, 3, 2}, 15), sample({1, 2, 2, 2}, 16)});
}

// e^1000 and e^-1000 have no place in a double.
BOOST_AUTO_TEST_CASE(scores_far_apart_stay_finite) {
  const Chain chain{.unary = sample({2, 40, 3}, 17) * 1e3, .pairs = sample({3, 3}, 18) * 1e3};
  BOOST_TEST(finite(state_marginals(chain)));
  const Tensor likely = one_hot(most_likely(chain).states, 3);
  BOOST_TEST(distance(state_marginals(chain), likely) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_row_without_a_token_says_nothing) {
  Tensor unary = sample({2, 3, 2}, 19);
  unary.require_grad();
  const Chain chain{.unary = unary, .pairs = sample({2, 2}, 20),
                    .real = Mask({2, 3}, {1, 1, 0, 0, 0, 0})};
  BOOST_TEST(static_cast<double>(log_partition(chain).data()[1]) == 0.0);
  BOOST_TEST(largest(slice(state_marginals(chain), 0, 1, 2)) == 0.0);
  const Tensor slope = grad({sum(log_partition(chain)) + sum(square(state_marginals(chain)))},
                            {unary})[0];
  BOOST_TEST(finite(slope));
  BOOST_TEST(largest(slice(slope, 0, 1, 2)) == 0.0);
  BOOST_TEST(most_likely(chain).states[3] == -1);
}

BOOST_AUTO_TEST_CASE(chains_that_do_not_fit_are_refused) {
  const Tensor unary = sample({2, 4, 3}, 1), pairs = sample({3, 3}, 2);
  const auto said = [](const Chain& chain) {
    return thrown<Error>([&] { log_partition(chain); });
  };
  BOOST_TEST(said({.unary = pairs, .pairs = pairs}) ==
             "[log_partition] unary must be (B, N, C): got (3, 3)");
  BOOST_TEST(said({.unary = sample({2, 0, 3}, 1), .pairs = pairs}) ==
             "[log_partition] a chain has a token and a state at least: got 0 and 3");
  BOOST_TEST(said({.unary = unary, .pairs = sample({2, 2}, 2)}) ==
             "[log_partition] pairs must be (3, 3) or (2, 3, 3, 3): got (2, 2)");
  BOOST_TEST(said({.unary = unary, .pairs = pairs, .real = Mask({4}, {1, 1, 1, 1})}) ==
             "[log_partition] the mask must be (2, 4): got (4)");
  BOOST_TEST(said({.unary = unary, .pairs = sample({2, 3, 3, 3}, 2),
                   .real = Mask({2, 4}, {1, 1, 1, 1, 1, 0, 1, 1})}) ==
             "[log_partition] an absent token lies between real ones, and each step has its own "
             "pairs\nhint: pairs (3, 3) serve every step");
}

BOOST_AUTO_TEST_CASE(without_pairs_every_token_is_a_sigmoid) {
  const auto made = layer();
  const Tensor pairs = parameter_of(*made, "pairs"), h = sample({2, 5, 6}, 21);
  const Tensor hidden = tanh(linear(h, parameter_of(*made, "hidden.weight"),
                                    parameter_of(*made, "hidden.bias")));
  const Tensor expected = sigmoid(sum(hidden * parameter_of(*made, "query"), {2}));  // (B, N)
  BOOST_TEST(distance(made->pool(h).weights, expected) > 1e-2);
  pairs.assign(Tensor::zeros({2, 2}));
  BOOST_TEST(distance(made->pool(h).weights, expected) < tiny);
}

// States before, at and after the one that is chosen, in this order, and none left out.
BOOST_AUTO_TEST_CASE(a_chain_that_chooses_one_token_is_softmax) {
  constexpr Real never = -1e4;
  const Tensor scores = sample({2, 6}, 22), none = Tensor::zeros({2, 6});
  std::vector<Real> ends(36, 0);
  for (std::size_t b = 0; b < 2; ++b) {
    ends[b * 18 + 2] = ends[b * 18 + 15] = never;  // not after at the start, not before at the end
  }
  const Tensor unary = stack({none, scores, none}, 2) + Tensor({2, 6, 3}, ends);
  const Tensor pairs({3, 3}, {0, never, never, 0, never, never, never, 0, 0});  // [next, here]
  const Tensor at = select(state_marginals({.unary = unary, .pairs = pairs}), 2, 1);
  BOOST_TEST(distance(at, softmax(scores)) < tiny);
}

// What it is for: a token with a low score between two with high ones is taken in.
BOOST_AUTO_TEST_CASE(neighbours_have_a_say) {
  const auto made = layer();
  parameter_of(*made, "query").assign(Tensor::zeros({5}));
  parameter_of(*made, "pairs").assign(Tensor({2, 2}, {2, 0, 0, 2}));
  const ScoreShift guard({Tensor({6}, {-3, 3, -1, 3, -3, -3})});
  const Tensor h = sample({1, 6, 6}, 23);
  const std::vector<std::int32_t> expected{0, 1, 1, 1, 0, 0};
  const Indices found = made->segments(h);
  BOOST_TEST(std::vector(found.values().begin(), found.values().end()) == expected,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
