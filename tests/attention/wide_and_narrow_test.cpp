// Global tokens, top-k and the hybrid of local and global heads: the checks of their rows beyond
// the laws.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "attention/sparse/global_tokens.h"
#include "attention/sparse/hybrid.h"
#include "attention/sparse/top_k.h"
#include "autograd/ops.h"
#include "tests/attention/by_hand.h"
#include "tests/attention/sparse_work.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr Index width = 6;

Subject of(const char* name, const std::map<std::string, double>& options, bool is_causal = false) {
  return Subject(find(name), {.width = width, .heads = 2, .causal = is_causal}, false, options);
}
Subject with_globals(Index window, Index globals, bool is_causal = false) {
  return of("global-tokens",
            {{"window", static_cast<double>(window)}, {"globals", static_cast<double>(globals)}},
            is_causal);
}
Subject hybrid(Index window, Index global_heads, bool is_causal = false) {
  return of("hybrid",
            {{"window", static_cast<double>(window)},
             {"global_heads", static_cast<double>(global_heads)}},
            is_causal);
}
Subject best(Index k, bool is_causal = false) {
  return of("top-k", {{"k", static_cast<double>(k)}}, is_causal);
}
Subject local(Index window, bool is_causal = false) {
  return of("local", {{"window", static_cast<double>(window)}}, is_causal);
}
Subject full_attention(bool is_causal = false) { return of("multihead", {}, is_causal); }

auto says(const std::string& wanted) {
  return [wanted](const ValueError& error) { return std::string(error.what()) == wanted; };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(global_tokens)

BOOST_AUTO_TEST_CASE(all_tokens_global_is_full_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  for (const bool is_causal : {false, true}) {
    const Tensor full = full_attention(is_causal)(x);
    for (const Index globals : {9, 100}) {
      BOOST_TEST(distance(with_globals(0, globals, is_causal)(x), full) < 1e-12);
    }
    BOOST_TEST(distance(with_globals(2, 1, is_causal)(x), full) > 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(no_global_token_is_local_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  for (const bool is_causal : {false, true}) {
    BOOST_TEST(distance(with_globals(2, 0, is_causal)(x), local(2, is_causal)(x)) < 1e-12);
  }
}

BOOST_AUTO_TEST_CASE(global_tokens_are_full_attention_with_their_mask) {
  for (const bool is_causal : {false, true}) {
    for (const Index tokens : {1, 3, 20, 70}) {
      Call call{.x = sample({2, tokens, width}, 2)}, masked = call;
      masked.mask = with_global_tokens(3, 2, is_causal).expand(tokens, tokens);
      const Subject sparse = with_globals(3, 2, is_causal), dense = full_attention(is_causal);
      BOOST_TEST(furthest(values_and_gradients(sparse, call),
                          values_and_gradients(dense, masked)) < 1e-10);
      call.mask = padding({tokens, (tokens + 1) / 2}, tokens);
      masked.mask = masked.mask & call.mask;
      BOOST_TEST(furthest(values_and_gradients(sparse, call),
                          values_and_gradients(dense, masked)) < 1e-10);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_global_token_sees_all_and_is_seen_by_all) {
  constexpr Index tokens = 12;
  const Subject one = with_globals(2, 1);
  const Influence seen = influence([&](const Tensor& leaf) { return one(leaf); },
                                   sample({1, tokens, width}, 3));
  for (std::size_t i = 0; i < tokens; ++i) {
    BOOST_TEST(seen[0][i] != 0);
    BOOST_TEST(seen[i][0] != 0);
  }
  BOOST_TEST(seen[4][8] == 0);
}

// The window of those that are not global, their row of globals, and the rows of the globals. The
// few global tokens that lie in a window are scored twice and counted once.
BOOST_AUTO_TEST_CASE(global_tokens_cost_what_their_pattern_holds) {
  constexpr Index tokens = 256, w = 4, g = 2;
  const Index entries = with_global_tokens(w, g, false).entries(tokens, tokens);
  const Index twice = g * w + g - g * (g + 1) / 2;  // of them, seen through the window as well
  const Work work = work_of(with_globals(w, g), tokens, width);
  const auto most = static_cast<std::uint64_t>(2 * (entries + twice + g) * width);
  BOOST_TEST(work.forward >= static_cast<std::uint64_t>(2 * entries * width));
  BOOST_TEST(work.forward <= most);
  BOOST_TEST(static_cast<double>(work.backward) == 2.5 * static_cast<double>(work.forward));
  BOOST_TEST(static_cast<double>(work_of(with_globals(w, g), 4 * tokens, width).kept) <
             4.3 * static_cast<double>(work.kept));
}

// The projections of the global tokens take the values of the others: the same results, and the
// same gradients once both are added up.
BOOST_AUTO_TEST_CASE(longformer_with_equal_projections_is_global_tokens) {
  const auto longformer = [](double globals) {
    return of("longformer", {{"window", 2}, {"globals", globals}});
  };
  for (const Index globals : {0, 1, 3, 20}) {
    const Subject two = longformer(static_cast<double>(globals)), one = with_globals(2, globals);
    const Tensor x = sample({2, 12, width}, 4);
    const Call whole{.x = x}, padded{.x = x, .mask = padding({12, 7}, 12)};
    const Call by_query{.x = x, .mask = window(5).expand(12, 12)};
    const auto fill = [&](const char* name, double share) {
      const Tensor own = parameter_of(two.mixer(), std::string("global.") + name);
      own.assign((parameter_of(one.mixer(), name) + sample(own.shape(), 6) * share).detach());
    };
    for (const Parameter& parameter : one.mixer().parameters()) {
      parameter_of(two.mixer(), parameter.name).assign(parameter.value);
    }
    for (const double share : {0.0, 1.0}) {
      fill("in_proj_weight", share);
      fill("in_proj_bias", share);
      for (const Call& call : {whole, padded, by_query}) {
        const std::vector<Tensor> a = values_and_gradients(two, call),
                                  b = values_and_gradients(one, call);
        const double off = std::max(distance(a[0], b[0]), distance(a[1], b[1]));
        const bool same = share == 0 || globals == 0;
        BOOST_TEST((same ? off < 1e-12 : off > 1e-4), globals << ", " << share << ": " << off);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(longformer_refuses_what_its_two_projections_cannot) {
  Generator rng(1);
  BOOST_TEST(thrown<ValueError>([&] {
               GlobalTokens({.width = width, .heads = 2, .own = true, .causal = true}, rng);
             }) == "[longformer] it is not causal, and takes no positions");
}

BOOST_AUTO_TEST_CASE(negative_numbers_are_refused) {
  BOOST_CHECK_EXCEPTION(with_globals(-1, 2), ValueError,
                        says("[global-tokens] neither window nor globals may be negative: -1, 2"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(top_k)

BOOST_AUTO_TEST_CASE(top_k_of_all_is_full_attention) {
  const Tensor x = sample({2, 9, width}, 1);
  for (const bool is_causal : {false, true}) {
    const Tensor full = full_attention(is_causal)(x);
    BOOST_TEST(distance(best(9, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(best(100, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(best(3, is_causal)(x), full) > 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(top_one_is_the_hard_choice) {
  const Subject one = best(1), all = best(7);
  const Tensor x = sample({2, 7, width}, 2);
  const auto weights_of = [&](const Subject& subject) {
    const MapRecorder recorder;
    subject(x);
    return recorder.maps().at(0).weights;
  };
  const Tensor weights = weights_of(one);
  BOOST_TEST(distance(weights, one_hot(argmax(weights_of(all), -1), 7)) == 0);
  // What is read are the values that the hard choice of the likeliest reads, gradient and all.
  Tensor leaf = x.detach();
  leaf.require_grad();
  const auto weight = [&](const char* name) { return parameter_of(one.mixer(), name); };
  const Tensor values = linear(leaf, slice(weight("in_proj_weight"), 0, 2 * width, 3 * width),
                               slice(weight("in_proj_bias"), 0, 2 * width, 3 * width));
  const Tensor read = merge_heads(combine(weights, split_heads(values, weights.dim(1))));
  const Tensor y = linear(read, weight("out_proj.weight"), weight("out_proj.bias"));
  BOOST_TEST(distance(one(x), y) < 1e-14);
  const Tensor g = sample(y.shape(), 3);
  const Tensor expected = grad({sum(y * g)}, {leaf})[0];
  BOOST_TEST(distance(grad({sum(one(leaf) * g)}, {leaf})[0], expected) < 1e-13);
}

BOOST_AUTO_TEST_CASE(as_many_weights_as_asked_for_and_ties_stay) {
  const Tensor scores({1, 2, 4}, std::vector<Real>{3, 1, 2, 1, 0, 0, 0, 5});
  const auto kept = [&](Index k) {
    const Mask mask = best_keys(scores, k);
    return std::vector<int>(mask.values().begin(), mask.values().end());
  };
  BOOST_TEST((kept(1) == std::vector<int>{1, 0, 0, 0, 0, 0, 0, 1}));
  BOOST_TEST((kept(2) == std::vector<int>{1, 0, 1, 0, 1, 1, 1, 1}));  // three are second in row 1
  BOOST_TEST((kept(3) == std::vector<int>{1, 1, 1, 1, 1, 1, 1, 1}));
  BOOST_TEST(!best_keys(scores, 4).defined());
  const Mask visible({4}, {0, 1, 1, 1});
  const Mask hidden = best_keys(scores, 1, visible);
  BOOST_TEST((std::vector<int>(hidden.values().begin(), hidden.values().end()) ==
              std::vector<int>{0, 0, 1, 0, 0, 0, 0, 1}));
}

BOOST_AUTO_TEST_CASE(k_must_be_positive) {
  BOOST_CHECK_EXCEPTION(best(0), ValueError, says("[top-k] k must be at least 1: 0"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hybrid_heads)

BOOST_AUTO_TEST_CASE(hybrid_with_all_heads_global_is_multi_head) {
  const Tensor x = sample({2, 9, width}, 1);
  for (const bool is_causal : {false, true}) {
    const Tensor full = full_attention(is_causal)(x), narrow = local(2, is_causal)(x);
    BOOST_TEST(distance(hybrid(2, 2, is_causal)(x), full) < 1e-12);
    BOOST_TEST(distance(hybrid(2, 0, is_causal)(x), narrow) < 1e-12);
    BOOST_TEST(distance(hybrid(2, 1, is_causal)(x), full) > 1e-4);
    BOOST_TEST(distance(hybrid(8, 1, is_causal)(x), full) < 1e-12);  // the window covers all
  }
}

// What leaves the heads is what multi-head attention under a mask of each head makes.
BOOST_AUTO_TEST_CASE(hybrid_is_full_attention_with_a_mask_of_each_head) {
  constexpr Index tokens = 20;
  for (const bool is_causal : {false, true}) {
    const Mask wide = banded(is_causal, -1).expand(tokens, tokens);
    const Mask narrow = banded(is_causal, 3).expand(tokens, tokens);
    const Call call{.x = sample({2, tokens, width}, 2)};
    Call masked = call;
    masked.mask = stack({wide, narrow}, 0).reshape({1, 2, tokens, tokens});
    BOOST_TEST(furthest(values_and_gradients(hybrid(3, 1, is_causal), call),
                        values_and_gradients(full_attention(is_causal), masked)) < 1e-10);
  }
}

BOOST_AUTO_TEST_CASE(hybrid_costs_what_its_heads_see) {
  constexpr Index tokens = 128, w = 4, size = 3;
  const Index entries = tokens * tokens + window(w).entries(tokens, tokens);
  const Work work = work_of(hybrid(w, 1), tokens, width);
  BOOST_TEST(work.forward == static_cast<std::uint64_t>(2 * entries * size));
  BOOST_TEST(work.backward == static_cast<std::uint64_t>(5 * entries * size));
}

BOOST_AUTO_TEST_CASE(more_global_heads_than_heads_are_refused) {
  BOOST_CHECK_EXCEPTION(hybrid(3, 3), ValueError,
                        says("[hybrid] 0 to 2 heads can be global, and the window must not be "
                             "negative: 3, 3"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
