// Functions of attention maps, on maps made by hand: what they are can be counted.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "attention/heads/arcs.h"
#include "attention/heads/patterns.h"
#include "attention/heads/rollout.h"
#include "attention/heads/rows.h"
#include "attention/masks.h"
#include "attention/normalizers.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr Index length = 6;

double number(const Tensor& x, Index at = 0) { return static_cast<double>(x.data()[at]); }

// A causal head that looks at the token before; the first one at itself: (1, 1, T, T).
Tensor previous_token_head() {
  std::vector<Real> a(length * length, Real(0));
  a[0] = 1;
  for (Index i = 1; i < length; ++i) a[static_cast<std::size_t>(i * length + i - 1)] = 1;
  return Tensor({1, 1, length, length}, a);
}

// A causal head that sees all alike.
Tensor uniform_head() {
  const Tensor zeros = Tensor::zeros({1, 1, length, length});
  return softmax_over(zeros, causal().expand(length, length).reshape({1, 1, length, length}));
}

// Any distributions: (2, 3, T, T).
Tensor some_heads() { return softmax(sample({2, 3, length, length}, 5) * 2.0, -1); }

Indices text() { return Indices({1, length}, {7, 8, 9, 7, 8, 7}); }

// (1, 1, T, T), all weight of each query on one key.
Tensor pointing(const std::vector<Index>& keys) {
  std::vector<Real> a(length * length, Real(0));
  for (Index i = 0; i < length; ++i) {
    a[static_cast<std::size_t>(i * length + keys[static_cast<std::size_t>(i)])] = 1;
  }
  return Tensor({1, 1, length, length}, a);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(heads)

BOOST_AUTO_TEST_CASE(a_previous_token_head_scores_one) {
  const Mask before = offset_pattern(length, -1);
  BOOST_TEST(number(pattern_score(previous_token_head(), before)) == 1);
  BOOST_TEST(number(pattern_score(previous_token_head(), before, Measure::abs)) == 1);
  const Mask behind = offset_pattern(length, 1);
  BOOST_TEST(number(pattern_score(previous_token_head(), behind)) == 0);
  // Each row has its one token elsewhere, and the wanted one is missing: 1 - 2.
  BOOST_TEST(number(pattern_score(previous_token_head(), behind, Measure::abs)) == -1);
}

BOOST_AUTO_TEST_CASE(a_uniform_head_scores_its_analytic_value) {
  double harmonic = 0;
  for (Index n = 1; n <= length; ++n) harmonic += 1 / static_cast<double>(n);
  const double expected = (harmonic - 1) / (length - 1);
  const Mask before = offset_pattern(length, -1);
  BOOST_TEST(std::abs(number(pattern_score(uniform_head(), before)) - expected) < tiny);
  BOOST_TEST(std::abs(number(pattern_score(uniform_head(), before, Measure::abs)) -
                      (1 - 2 * (1 - expected))) < tiny);
}

BOOST_AUTO_TEST_CASE(copies_and_what_followed_them_are_where_they_are) {
  // 7 8 9 7 8 7: earlier copies of the tokens at 3, 4 and 5.
  const Mask copies = duplicate_pattern(text()), followed = induction_pattern(text());
  BOOST_TEST(copies.shape() == (Shape{1, 1, length, length}));
  const auto at = [](const Mask& mask) {
    std::vector<Index> pairs;
    for (Index i = 0; i < mask.size(); ++i) {
      if (mask[i]) pairs.push_back(i);
    }
    return pairs;
  };
  BOOST_TEST(at(copies) == (std::vector<Index>{3 * 6 + 0, 4 * 6 + 1, 5 * 6 + 0, 5 * 6 + 3}),
             boost::test_tools::per_element());
  BOOST_TEST(at(followed) == (std::vector<Index>{3 * 6 + 1, 4 * 6 + 2, 5 * 6 + 1, 5 * 6 + 4}),
             boost::test_tools::per_element());
  // A head that does so; where it looks in other rows is of no account.
  const Tensor copying = pointing({5, 4, 0, 0, 1, 3}), inducing = pointing({0, 3, 3, 1, 2, 4});
  BOOST_TEST(number(pattern_score(copying, copies)) == 1);
  BOOST_TEST(number(pattern_score(copying, followed)) == 0);
  BOOST_TEST(number(pattern_score(inducing, followed)) == 1);
  // Under abs both keys of the last row are wanted whole: one is missing, over three rows.
  BOOST_TEST(std::abs(number(pattern_score(inducing, followed, Measure::abs)) - (1 - 1.0 / 3)) <
             tiny);
  // Uniform: the share of what each row sees, in rows 3, 4 and 5.
  const double expected = (1.0 / 4 + 1.0 / 5 + 2.0 / 6) / 3;
  BOOST_TEST(std::abs(number(pattern_score(uniform_head(), followed)) - expected) < tiny);
  // Of some queries only.
  const Mask last = eq(Indices({1, 1, length, 1}, {0, 0, 0, 0, 0, 1}), 1);
  BOOST_TEST(std::abs(number(pattern_score(uniform_head(), followed & last)) - 2.0 / 6) < tiny);
}

BOOST_AUTO_TEST_CASE(every_head_and_every_sample_has_its_own_score) {
  const Tensor both = concat({previous_token_head(), uniform_head()}, 1);   // (1, 2, T, T)
  const Tensor score = pattern_score(concat({both, both}, 0), offset_pattern(length, -1));
  BOOST_TEST(score.shape() == (Shape{2}));
  BOOST_TEST(number(score) == 1);
  BOOST_TEST(number(score, 1) < 0.5);
  BOOST_TEST(std::isnan(number(pattern_score(both, offset_pattern(length, length)))));
}

BOOST_AUTO_TEST_CASE(rows_of_known_heads) {
  BOOST_TEST(number(head_means(row_entropy(previous_token_head()))) == 0);
  double logs = 0, distances = 0, first = 0;
  for (Index i = 0; i < length; ++i) {
    logs += std::log(static_cast<double>(i + 1)) / length;
    distances += static_cast<double>(i) / 2 / length;
    first += 1 / static_cast<double>(i + 1) / length;
  }
  BOOST_TEST(std::abs(number(head_means(row_entropy(uniform_head()))) - logs) < tiny);
  BOOST_TEST(std::abs(number(head_means(row_distance(uniform_head()))) - distances) < tiny);
  BOOST_TEST(std::abs(number(head_means(first_key_mass(uniform_head()))) - first) < tiny);
  BOOST_TEST(std::abs(number(head_means(row_distance(previous_token_head()))) - 5.0 / 6) < tiny);
  const Mask keys = eq(Indices({length}, {1, 0, 0, 0, 0, 0}), 1);
  BOOST_TEST(distance(row_mass(some_heads(), keys), first_key_mass(some_heads())) < tiny);
}

BOOST_AUTO_TEST_CASE(the_last_query_stands_beside_the_last_key) {
  const Tensor late = slice(previous_token_head(), 2, 4, 6);  // (1, 1, 2, T)
  BOOST_TEST(distance(row_distance(late), Tensor::full({1, 1, 2}, 1)) < tiny);
}

BOOST_AUTO_TEST_CASE(rows_that_do_not_count_are_left_out_of_the_mean) {
  const Mask counted = eq(Indices({1, 1, length}, {0, 0, 1, 1, 0, 0}), 1);
  const double expected = (std::log(3.0) + std::log(4.0)) / 2;
  BOOST_TEST(std::abs(number(head_means(row_entropy(uniform_head()), counted)) - expected) < tiny);
}

BOOST_AUTO_TEST_CASE(heads_that_do_the_same_are_at_no_distance) {
  const Tensor a = some_heads();
  const Tensor heads = concat({a, slice(a, 1, 0, 1)}, 1);  // the first once more
  const Tensor apart = head_distances(heads);              // (4, 4)
  BOOST_TEST(apart.shape() == (Shape{4, 4}));
  BOOST_TEST(distance(apart, transpose(apart, 0, 1)) < tiny);
  BOOST_TEST(std::abs(number(apart, 3)) < tiny);
  BOOST_TEST(std::abs(number(apart, 5)) < tiny);
  BOOST_TEST(number(apart, 1) > 0.01);
  BOOST_TEST(number(apart, 1) < std::numbers::ln2);
  // One key each, and never the same.
  const Tensor strangers = concat({pointing({0, 0, 0, 0, 0, 0}), pointing({1, 2, 3, 4, 5, 1})}, 1);
  BOOST_TEST(std::abs(number(head_distances(strangers), 1) - std::numbers::ln2) < tiny);
}

BOOST_AUTO_TEST_CASE(rollout_of_one_layer_is_the_mean_map_and_the_token) {
  const Tensor a = some_heads();
  const Tensor expected = (mean(a, {1}) + Tensor::eye(length)) * 0.5;
  BOOST_TEST(distance(rollout({a}), expected) < tiny);
  BOOST_TEST(distance(rollout({a}, 0), mean(a, {1})) < tiny);
}

BOOST_AUTO_TEST_CASE(rollout_goes_through_the_layers_in_their_order) {
  // Everybody to the one before, then all to the last: they see what stands before the last.
  const Tensor first = pointing({0, 0, 1, 2, 3, 4}), second = pointing({5, 5, 5, 5, 5, 5});
  const Tensor through = rollout({first, second}, 0);
  BOOST_TEST(distance(through, squeeze(pointing({4, 4, 4, 4, 4, 4}), 1)) < tiny);
  const Tensor rows = sum(rollout({some_heads(), some_heads() * 0.5}), {-1});
  BOOST_TEST(distance(rows, Tensor::full({2, length}, 1)) < tiny);
}

BOOST_AUTO_TEST_CASE(a_head_at_a_fixed_offset_scores_what_the_offset_does) {
  // From 1 to 0, from 2 to 1, from 4 to 3, from 5 to 1.
  const Indices gold({1, length}, {no_arc, 0, 1, no_arc, 3, 1});
  const FixedOffset best = best_offset(gold);
  BOOST_TEST(best.offset == -1);
  BOOST_TEST(best.score == 0.75);
  BOOST_TEST(number(arc_score(previous_token_head(), gold)) == best.score);
  BOOST_TEST(number(arc_score(pointing({5, 0, 1, 5, 3, 1}), gold)) == 1);
  const Indices ahead({1, length}, {2, no_arc, 4, no_arc, 3, 4});
  BOOST_TEST(best_offset(ahead).offset == -1);  // as many as 2, and nearer
}

BOOST_AUTO_TEST_CASE(nobody_points_to_itself_nor_to_keys_that_are_left_out) {
  const Indices gold({1, length}, {no_arc, no_arc, no_arc, 1, no_arc, no_arc});
  std::vector<Real> row(length * length, Real(0));
  for (const Index at : {18 + 1, 18 + 2, 18 + 3}) {  // .2 on the gold key, .3 on 2, .5 on itself
    row[static_cast<std::size_t>(at)] = static_cast<Real>(at == 19 ? 0.2 : at == 20 ? 0.3 : 0.5);
  }
  const Tensor head({1, 1, length, length}, row);
  BOOST_TEST(number(arc_score(head, gold)) == 0);
  const Mask words = eq(Indices({length}, {1, 1, 0, 1, 1, 1}), 1);
  BOOST_TEST(number(arc_score(head, gold, words)) == 1);
}

BOOST_AUTO_TEST_CASE(wrong_shapes_and_values_are_refused) {
  const Tensor flat = Tensor::zeros({2, 3, 4});
  BOOST_TEST(thrown<ShapeError>([&] { row_entropy(flat); }) ==
             "[row_entropy] a map must be (B, H, T, S): got (2, 3, 4) (one of a MapRecorder is)");
  BOOST_TEST(thrown<ShapeError>([&] { head_means(some_heads()); }) ==
             "[head_means] rows must be (B, H, T): got (2, 3, 6, 6)");
  BOOST_TEST(thrown<ShapeError>([&] { rollout({Tensor::zeros({1, 1, 2, 3})}); }) ==
             "[rollout] a map over one sequence must be (B, H, T, T): got (1, 1, 2, 3)");
  BOOST_TEST(thrown<ShapeError>([&] { rollout({some_heads(), uniform_head()}); }) ==
             "[rollout] maps must be of the same samples: (1, 1, 6, 6) after (2, 3, 6, 6)");
  BOOST_TEST(thrown<ValueError>([&] { rollout({}); }) == "[rollout] there must be a map");
  BOOST_TEST(thrown<ValueError>([&] { rollout({some_heads()}, 1.5); }) ==
             "[rollout] residual must be in [0, 1]: 1.5");
  BOOST_TEST(thrown<ShapeError>([&] { induction_pattern(Indices({1, 2})); }) ==
             "[induction_pattern] tokens must be (B, T): got (2)");
  const Mask twice = concat({offset_pattern(6, -1), offset_pattern(6, 1)}, 0).reshape({2, 1, 6, 6});
  BOOST_TEST(thrown<ShapeError>([&] { pattern_score(uniform_head(), twice); }) ==
             "[pattern_score] a mask must stretch to (1, 1, 6, 6): got (2, 1, 6, 6)");
  BOOST_TEST(thrown<ShapeError>([&] { arc_score(uniform_head(), Indices({1, 2}, {0, 0})); }) ==
             "[arc_score] gold of a map (1, 1, 6, 6) must be (1, 6): got (1, 2)");
  BOOST_TEST(thrown<ValueError>([&] { best_offset(Indices({1, 2}, {0, 2})); }) ==
             "[best_offset] a gold key must be in a text of 2 tokens, or -1: got 2");
  BOOST_TEST(thrown<ValueError>([&] { best_offset(Indices({1, 2}, {-1, -1})); }) ==
             "[best_offset] there is no arc");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
