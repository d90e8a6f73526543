// Dot, scaled dot and additive scores: the checks of their rows beyond the laws.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "tests/attention/by_hand.h"

namespace heed_test {
namespace {

// q (..., T, D) and k (..., S, D) -> scores (..., T, S).
using Score = heed::Tensor (*)(const heed::Tensor& q, const heed::Tensor& k);

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

double variance(const Tensor& x) {
  const Tensor centred = x - mean(x);
  return static_cast<double>(mean(square(centred)).item());
}

// The variance of the scores of unit normal queries and keys of width d, and its standard error:
// for a product of d terms Var(score) = d, and the fourth moment of a score is 3 d^2 + 6 d.
struct Spread {
  double measured;
  double error;
};

Spread spread(Score score, Index d) {
  const Index pairs = 4000;
  const Tensor q = sample({pairs, 1, d}, 100 + static_cast<std::uint64_t>(d));
  const Tensor k = sample({pairs, 1, d}, 200 + static_cast<std::uint64_t>(d));
  const double relative =
      std::sqrt((2.0 + 6.0 / static_cast<double>(d)) / static_cast<double>(pairs));
  return {variance(score(q, k)), relative};
}

// The mean norm of d y / d scores at the start of training.
double gradient_norm(Score score, Index d, Index queries = 64) {
  const Tensor q = sample({queries, 1, d}, 300), k = sample({queries, 16, d}, 301);
  Tensor scores = score(q, k).detach();
  scores.require_grad();
  const Tensor picked = select(softmax_over(scores, {}), 2, 0);
  const Tensor g = grad({sum(picked)}, {scores})[0];
  return static_cast<double>(mean(sqrt(sum(square(g), {-1}) + 1e-300)).item());
}

// What a program of its own found in 60,000 draws, and the standard error of 2,000.
struct Gradients {
  Index width;
  double plain, plain_error;
};
constexpr Gradients gradients_of_the_note[] = {
    {8, 0.0414, 0.0016}, {32, 0.0241, 0.0015}, {128, 0.0129, 0.0012}};
constexpr double scaled_gradient = 0.0578, scaled_error = 0.0011;

// The keys in order of their score, for each query.
std::vector<std::vector<Index>> rankings(const Tensor& scores) {
  std::vector<std::vector<Index>> ranked;
  const Index keys = scores.dim(1);
  for (Index i = 0; i < scores.dim(0); ++i) {
    std::vector<Index> order(static_cast<std::size_t>(keys));
    for (Index j = 0; j < keys; ++j) order[static_cast<std::size_t>(j)] = j;
    const Real* row = scores.data() + i * keys;
    std::sort(order.begin(), order.end(), [row](Index a, Index b) { return row[a] < row[b]; });
    ranked.push_back(order);
  }
  return ranked;
}

// In how many of 200 draws all queries rank the keys alike.
int static_rankings(Index hidden) {
  int alike = 0;
  for (std::uint64_t draw = 0; draw < 200; ++draw) {
    const Tensor scores = additive(sample({6, hidden}, 1000 + draw),
                                   sample({6, hidden}, 2000 + draw), sample({hidden}, 3000 + draw));
    const auto ranked = rankings(scores);
    bool same = true;
    for (const auto& order : ranked) same = same && order == ranked[0];
    alike += same ? 1 : 0;
  }
  return alike;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scores)

BOOST_AUTO_TEST_CASE(variance_of_dot_is_width_and_of_scaled_dot_one) {
  for (const Index d : {4, 16, 64, 256, 1024}) {
    const Spread plain = spread(dot, d), scaled = spread(scaled_dot, d);
    BOOST_TEST(std::abs(plain.measured / static_cast<double>(d) - 1) < 4 * plain.error);
    BOOST_TEST(std::abs(scaled.measured - 1) < 4 * scaled.error);
  }
}

BOOST_AUTO_TEST_CASE(gradient_of_softmax_dies_with_width_unless_scaled) {
  const double narrow = gradient_norm(scaled_dot, 4), wide = gradient_norm(scaled_dot, 1024);
  BOOST_TEST(wide > 0.8 * narrow);
  BOOST_TEST(wide < 1.25 * narrow);
  BOOST_TEST(gradient_norm(dot, 1024) < 0.2 * gradient_norm(dot, 4));
}

// The figures that the note of `dot` gives (attention/dense/multi_head_forms.h).
BOOST_AUTO_TEST_CASE(gradient_at_three_widths) {
  for (const auto& [width, plain, error] : gradients_of_the_note) {
    BOOST_TEST(std::abs(gradient_norm(dot, width, 2000) - plain) < 4 * error);
    const double scaled = gradient_norm(scaled_dot, width, 2000);
    BOOST_TEST(std::abs(scaled - scaled_gradient) < 4 * scaled_error);
  }
}

BOOST_AUTO_TEST_CASE(scaled_dot_of_width_one_is_dot) {
  const attention::MixerShape one{.width = 1, .heads = 1};
  const Subject scaled(find("scaled-dot"), one), plain(find("dot"), one);
  const Tensor x = sample({2, 5, 1}, 1);
  BOOST_TEST(distance(scaled(x), plain(x)) < 1e-14);
  const Subject wide(find("scaled-dot"), {.width = 6}), wide_plain(find("dot"), {.width = 6});
  BOOST_TEST(distance(wide(sample({2, 5, 6}, 1)), wide_plain(sample({2, 5, 6}, 1))) > 1e-3);
}

BOOST_AUTO_TEST_CASE(dot_with_scaled_queries_is_scaled_dot) {
  const Subject scaled(find("scaled-dot"), {.width = 6}), plain(find("dot"), {.width = 6});
  for (const char* name : {"in_proj_weight", "in_proj_bias"}) {
    const Tensor w = parameter_of(plain.mixer(), name);
    const NoGrad off;
    w.assign(concat({slice(w, 0, 0, 6) * (1 / std::sqrt(6.0)), slice(w, 0, 6, 18)}, 0));
  }
  const Tensor x = sample({2, 5, 6}, 2);
  BOOST_TEST(distance(scaled(x), plain(x)) < 1e-12);
}

BOOST_AUTO_TEST_CASE(additive_with_small_weights_ignores_query) {
  // tanh(a + b) = a + b + O(small^3): the term of the query is the same for all keys and cancels.
  const double small = 1e-4;
  const Tensor q = sample({4, 8}, 3) * small, k = sample({6, 8}, 4) * small;
  const Tensor v = sample({8}, 5) * (1 / small);  // so that the weights differ from key to key
  const Tensor weights = softmax_over(additive(q, k, v), {});  // (4, 6)
  const Tensor first = expand(slice(weights, 0, 0, 1), weights.shape());
  BOOST_TEST(distance(weights, first) < 1e-6);
  BOOST_TEST(distance(weights, Tensor::full(weights.shape(), Real(1) / 6)) > 0.05);
  const Tensor large = softmax_over(additive(q * (1 / small), k * (1 / small), v * small), {});
  BOOST_TEST(distance(large, expand(slice(large, 0, 0, 1), large.shape())) > 0.05);
}

BOOST_AUTO_TEST_CASE(additive_split_is_concat) {
  // v . tanh(W [q; k]) with W = [W_q W_k].
  const Tensor q = sample({4, 3}, 6), k = sample({5, 2}, 7), v = sample({7}, 8);
  const Tensor w_q = sample({7, 3}, 9), w_k = sample({7, 2}, 10);
  const Tensor w = concat({w_q, w_k}, 1);  // (7, 5)
  const Tensor split = additive(linear(q, w_q, {}), linear(k, w_k, {}), v);
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 5; ++j) {
      const Tensor pair = concat({slice(q, 0, i, i + 1), slice(k, 0, j, j + 1)}, 1);  // (1, 5)
      const double score = static_cast<double>(sum(tanh(linear(pair, w, {})) * v).item());
      BOOST_TEST(std::abs(static_cast<double>(split.data()[i * 5 + j]) - score) < 1e-12);
    }
  }
}

BOOST_AUTO_TEST_CASE(additive_of_one_unit_ranks_keys_alike_for_every_query) {
  BOOST_TEST(static_rankings(1) == 200);
  BOOST_TEST(static_rankings(8) == 0);
}

// Item-wise: a weight follows its item. Location-wise: it stays at its place.
BOOST_AUTO_TEST_CASE(location_ignores_what_lies_there) {
  const Tensor q = sample({3, 4}, 14), places = sample({8, 4}, 15), k = sample({1, 5, 4}, 16);
  const Tensor moved = permuted(k, {3, 0, 4, 1, 2});
  const auto item_wise = [&](const Tensor& items) {
    return attend(q, items, items, {}, scaled_dot, softmax_over).y;
  };
  const auto by_place = [&](const Tensor& items) {
    return combine(softmax_over(location(q, places, items.dim(1)), {}), items);
  };
  BOOST_TEST(distance(item_wise(k), item_wise(moved)) < 1e-12);
  BOOST_TEST(distance(by_place(k), by_place(moved)) > 0.01);
  // What reaches an item from by_place() is its weight and nothing through the scores.
  Tensor leaf(k.shape(), k.values());
  leaf.require_grad();
  const Tensor weights = softmax_over(location(q, places, 5), {});  // (3, 5)
  const Tensor g = grad({sum(by_place(leaf))}, {leaf})[0];          // (1, 5, 4)
  const Tensor alone = reshape(sum(weights, {0}), {1, 5, 1});
  BOOST_TEST(distance(g, expand(alone, {1, 5, 4})) < 1e-14);
  BOOST_TEST(distance(grad({sum(item_wise(leaf))}, {leaf})[0], g) > 0.01);
}

BOOST_AUTO_TEST_CASE(location_scores_the_first_places) {
  const Tensor q = sample({3, 4}, 17), places = sample({8, 4}, 19);
  const Tensor all = dot(q, places);  // (3, 8)
  BOOST_TEST(distance(location(q, places, 5), slice(all, 1, 0, 5)) < 1e-12);
  BOOST_TEST(distance(location(q, places, 8), all) < 1e-12);
  BOOST_CHECK_EXCEPTION(location(q, places, 9), ShapeError, [](const ShapeError& error) {
    return std::string(error.what()) == "[location] places must be (at least 9, 4): got (8, 4)";
  });
  BOOST_CHECK_THROW(location(sample({3, 5}, 17), places, 5), ShapeError);
}

BOOST_AUTO_TEST_CASE(context_attention_is_attention_pooling) {
  const Subject pooling(find("pooling"), {.width = 6});
  const Tensor h = sample({2, 5, 6}, 18);
  const Tensor hidden = linear(h, parameter_of(pooling.mixer(), "hidden.weight"),
                               parameter_of(pooling.mixer(), "hidden.bias"));
  const Tensor query = reshape(parameter_of(pooling.mixer(), "query"), {1, 1, 6});
  BOOST_TEST(distance(attend(query, hidden, h, {}, context_score, softmax_over).y, pooling(h)) <
             1e-14);
}

BOOST_AUTO_TEST_CASE(constant_in_the_scores_of_the_kernel_is_ignored) {
  // One more feature, c in the queries and 1 in the keys, adds c to every score.
  const Tensor q = sample({2, 5, 4}, 11), k = sample({2, 5, 4}, 12), v = sample({2, 5, 3}, 13);
  const auto run = [&](double c, double factor) {
    const Tensor more_q = concat({q * factor, Tensor::full({2, 5, 1}, static_cast<Real>(c))}, 2);
    const Tensor more_k = concat({k, Tensor::ones({2, 5, 1})}, 2);
    return dot_product_attention({more_q, 0, 1, 5}, {more_k, 0, 1, 5}, {v, 0, 1, 3},
                                 {.scale = 1, .causal = true});
  };
  BOOST_TEST(distance(run(0, 1), run(1e4, 1)) < 1e-9);
  BOOST_TEST(distance(run(0, 1), run(-1e4, 1)) < 1e-9);
  BOOST_TEST(finite(run(0, 1e4)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
