// Linear attention: the forms of a sum of features against each other and against the matrix, what
// the state is, and softmax as its limit. The mutants of the sums run these cases.
#include <boost/test/unit_test.hpp>

#include "attention/core.h"
#include "attention/efficient/linear_attention.h"
#include "attention/heads/head_gates.h"
#include "attention/heads/map_change.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "examples/laws/subject.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

// Features of queries and keys, and values.
struct Given {
  Tensor q, k, v;
};

Given given(Index queries, Index keys, Index features = 3, Index size = 4) {
  const auto positive = [](const Shape& shape, std::uint64_t seed) {
    Tensor leaf = exp(sample(shape, seed)).detach();
    return leaf.require_grad();
  };
  return {positive({2, 2, queries, features}, 1), positive({2, 2, keys, features}, 2),
          sample({2, 2, keys, size}, 3).detach().require_grad()};
}

// By the matrix, without any sum over keys.
Tensor by_matrix(const Given& at, bool is_causal, const Mask& real = {}) {
  const Index queries = at.q.dim(2), keys = at.k.dim(2);
  Mask seen = (is_causal ? causal() : full()).expand(queries, keys);
  if (real.defined()) seen = seen & real;
  return combine(weights_by_features(at.q, at.k, seen), at.v);
}

// Results, and gradients of all that is given.
void close(const Given& at, const Tensor& found, const Tensor& expected, const std::string& what) {
  const Tensor cotangent = sample(expected.shape(), 4);
  const double apart = distance(found, expected);
  BOOST_TEST(apart < tiny, what << ": off by " << apart);
  const std::vector<Tensor> mine = grad({sum(found * cotangent)}, {at.q, at.k, at.v});
  const std::vector<Tensor> theirs = grad({sum(expected * cotangent)}, {at.q, at.k, at.v});
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const double off = distance(mine[i], theirs[i]);
    BOOST_TEST(off < tiny, what << ", gradient " << i << ": off by " << off);
  }
}

// One token after the other, the numerator and the denominator as the paper writes them.
Tensor by_recurrence(const Given& at) {
  const Index length = at.q.dim(2);
  Tensor s = Tensor::zeros({2, 2, at.k.dim(3), at.v.dim(3)});
  Tensor z = Tensor::zeros({2, 2, at.k.dim(3)});
  std::vector<Tensor> made;
  for (Index t = 0; t < length; ++t) {
    const Tensor q = select(at.q, 2, t), k = select(at.k, 2, t), v = select(at.v, 2, t);
    s = s + unsqueeze(k, 3) * unsqueeze(v, 2);  // (B, H, F, D)
    z = z + k;
    made.push_back(sum(unsqueeze(q, 3) * s, {2}) / sum(q * z, {2}, true));
  }
  return stack(made, 2);
}

const Index chunks[] = {0, 1, 2, 3, 5, 12, 13, 64};

}  // namespace

BOOST_AUTO_TEST_SUITE(sums_of_features)

// For keys that are known, features whose products are e^(q . k) exist: of key j the unit vector
// e_j, of a query its e^(q . k_j).
BOOST_AUTO_TEST_CASE(exact_exponential_features_are_softmax) {
  const Tensor q = sample({2, 2, 7, 3}, 1), k = sample({2, 2, 7, 3}, 2);
  const Tensor v = sample({2, 2, 7, 4}, 3);
  const Tensor exact = exp(dot(q, k)), units = expand(Tensor::eye(7), Shape{2, 2, 7, 7});
  for (const bool is_causal : {false, true}) {
    const Mask seen = (is_causal ? causal() : full()).expand(7, 7);
    const Tensor soft = combine(softmax_over(dot(q, k), seen), v);
    for (const Index chunk : chunks) {
      const FeatureForm form{.causal = is_causal, .chunk = chunk};
      BOOST_TEST(distance(attend_by_features(exact, units, v, form), soft) < tiny);
      BOOST_TEST(distance(attend_by_features(elu(q) + 1, elu(k) + 1, v, form), soft) > 0.01);
    }
  }
}

BOOST_AUTO_TEST_CASE(matrix_sums_and_chunks_agree) {
  struct Lengths {
    Index queries, keys;
  };
  for (const Lengths& lengths : {Lengths{13, 13}, {4, 13}, {13, 4}, {1, 1}}) {
    const Given at = given(lengths.queries, lengths.keys);
    for (const bool is_causal : {false, true}) {
      for (const Index chunk : chunks) {
        const FeatureForm form{.causal = is_causal, .chunk = chunk};
        close(at, attend_by_features(at.q, at.k, at.v, form), by_matrix(at, is_causal),
              "chunks of " + std::to_string(chunk));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(chunks_are_the_recurrence) {
  const Given at = given(11, 11);
  for (const Index chunk : chunks) {
    close(at, attend_by_features(at.q, at.k, at.v, {.causal = true, .chunk = chunk}),
          by_recurrence(at),
          "chunks of " + std::to_string(chunk));
  }
}

// A summary of what went by, in front of a pass in any form.
BOOST_AUTO_TEST_CASE(a_past_is_keys_in_front) {
  const Given at = given(6, 15);
  const auto keys = [](const Tensor& x, Index from, Index to) { return slice(x, 2, from, to); };
  const auto past = [&] { return summary_of(keys(at.k, 0, 9), keys(at.v, 0, 9)); };
  BOOST_TEST(past().shape() == (Shape{2, 2, 3, 5}));
  for (const bool is_causal : {false, true}) {
    for (const Index chunk : chunks) {
      const Tensor y = attend_by_features(at.q, keys(at.k, 9, 15), keys(at.v, 9, 15),
                                          {.causal = is_causal, .chunk = chunk}, past());
      close(at, y, by_matrix(at, is_causal), "chunks of " + std::to_string(chunk));
    }
  }
}

BOOST_AUTO_TEST_CASE(empty_sequences_have_empty_results) {
  for (const Index chunk : {0, 64}) {
    for (const bool is_causal : {false, true}) {
      const FeatureForm form{.causal = is_causal, .chunk = chunk};
      const Given none = given(0, 0), unasked = given(0, 3), unseen = given(3, 0);
      BOOST_TEST(attend_by_features(none.q, none.k, none.v, form).size() == 0);
      BOOST_TEST(attend_by_features(unasked.q, unasked.k, unasked.v, form).size() == 0);
      BOOST_TEST(largest(attend_by_features(unseen.q, unseen.k, unseen.v, form)) == 0.0);
    }
  }
}

// Features so small that they are 0 leave nothing to divide by.
BOOST_AUTO_TEST_CASE(features_of_zero_give_zero_and_finite_gradients) {
  Tensor q = Tensor::full({1, 1, 2, 3}, Real(-1000)).require_grad();
  const Tensor k = sample({1, 1, 4, 3}, 5), v = sample({1, 1, 4, 2}, 6);
  for (const Index chunk : {0, 2}) {
    const Tensor y = attend_by_features(elu(q) + 1, elu(k) + 1, v, {.chunk = chunk});
    BOOST_TEST(largest(y) == 0.0);
    BOOST_TEST(finite(grad({sum(y)}, {q})[0]));
  }
  BOOST_TEST(largest(weights_by_features(elu(q) + 1, elu(k) + 1, {})) == 0.0);
}

BOOST_AUTO_TEST_CASE(every_chunk_of_the_mixer_is_the_matrix) {
  const Tensor x = sample({2, 13, width}, 7);
  const Subject plain(find("linear"), small_config(true), true, {{"chunk", 0}});
  const Mask mask = padding({13, 10}, 13);
  for (const double chunk : {1, 4, 64}) {
    const Subject in_chunks(find("linear"), small_config(true), true, {{"chunk", chunk}});
    BOOST_TEST(distance(in_chunks(x), plain(x)) < tiny);
    BOOST_TEST(distance(in_chunks({.x = x, .mask = mask}), plain({.x = x, .mask = mask})) < tiny);
  }
}

// D (D + 1) numbers a head, after one token and after a hundred; steps are the full pass.
BOOST_AUTO_TEST_CASE(the_state_is_of_one_size) {
  const Subject subject(find("linear"), small_config(true), false, {{"chunk", 4}});
  const Tensor x = sample({2, 100, width}, 8), all = subject(x);
  MixerState state;
  for (Index t = 0; t < 100; ++t) {
    const Mixed step = subject.mixer().mix({.x = slice(x, 1, t, t + 1), .state = state});
    BOOST_TEST(distance(step.y, slice(all, 1, t, t + 1)) < tiny);
    state = *step.state;
    BOOST_TEST(state.tensors.size() == 1u);
    BOOST_TEST(state.tensors[0].shape() == (Shape{2, 2, 4, 5}));
  }
  BOOST_TEST(state.seen == 100);
}

// Texts of two lengths side by side, the shorter one with padding in front, and then going on.
BOOST_AUTO_TEST_CASE(padding_is_not_in_the_state) {
  const Subject subject(find("linear"), small_config(true), false, {{"chunk", 2}});
  const auto rows = [](Index early, Index length) {
    std::vector<std::uint8_t> shown(static_cast<std::size_t>(2 * length), 1);
    for (Index i = 0; i < early; ++i) shown[static_cast<std::size_t>(length + i)] = 0;
    return Mask({2, 1, 1, length}, std::move(shown));
  };
  const Tensor x = sample({2, 9, width}, 9);
  const Tensor shorter = subject(slice(slice(x, 0, 1, 2), 1, 3, 9));
  const Mixed begun = subject.mixer().mix(
      {.x = slice(x, 1, 0, 5), .mask = rows(3, 5), .state = MixerState{}});
  const Mixed rest = subject.mixer().mix(
      {.x = slice(x, 1, 5, 9), .mask = rows(3, 9), .state = begun.state});
  const Tensor y = concat({begun.y, rest.y}, 1);
  BOOST_TEST(distance(slice(slice(y, 0, 1, 2), 1, 3, 9), shorter) < tiny);
  BOOST_TEST(distance(slice(y, 0, 0, 1), subject(slice(x, 0, 0, 1))) < tiny);
}

// A mask over keys may have any number of axes, and tell batches and heads apart: the sums see what
// the matrix sees, which a recorder asks for.
BOOST_AUTO_TEST_CASE(masks_of_every_shape_are_as_in_the_matrix) {
  const Tensor x = sample({2, 5, width}, 14);
  const auto mask = [](const Shape& shape) {
    std::vector<std::uint8_t> shown(static_cast<std::size_t>(shape.size()), 1);
    for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = i % 3 != 1;
    return Mask(shape, std::move(shown));
  };
  for (const bool is_causal : {false, true}) {
    const Subject subject(find("linear"), small_config(is_causal), false, {{"chunk", 2}});
    const Tensor unmasked = subject(x);
    for (const Shape& shape : {Shape{5}, Shape{1, 5}, Shape{1, 1, 5}, Shape{2, 1, 1, 5},
                               Shape{1, 2, 1, 5}, Shape{2, 2, 1, 5}, Shape{2, 2, 1, 1}}) {
      const Tensor y = subject({.x = x, .mask = mask(shape)});
      BOOST_TEST(distance(y, unmasked) > 1e-3);
      MapRecorder recorder;
      BOOST_TEST(distance(y, subject({.x = x, .mask = mask(shape)})) < tiny, shape.str());
      BOOST_TEST(recorder.maps().size() == 1u);
    }
  }
}

// A mask of its own for each query is no sum any more, and still right.
BOOST_AUTO_TEST_CASE(a_mask_by_queries_takes_the_matrix) {
  const Subject subject(find("linear"), small_config(false));
  const Tensor x = sample({2, 5, width}, 10);
  const Mask past = causal().expand(5, 5).reshape({1, 1, 5, 5});
  const Subject looking_back(find("linear"), small_config(true));
  BOOST_TEST(distance(subject({.x = x, .mask = past}), looking_back(x)) < tiny);
}

BOOST_AUTO_TEST_CASE(the_map_is_implied_and_none_is_published_beside_a_state) {
  const Subject subject(find("linear"), small_config(true));
  const Tensor x = sample({1, 4, width}, 11);
  MapRecorder recorder;
  subject(x);
  BOOST_REQUIRE(recorder.maps().size() == 1u);
  BOOST_TEST((recorder.maps()[0].kind == MapKind::implied));
  subject.mixer().mix({.x = x, .state = MixerState{}});
  BOOST_TEST(recorder.maps().size() == 1u);
}

// Heads can be gated without their weights.
BOOST_AUTO_TEST_CASE(gates_count_beside_a_state) {
  const Subject subject(find("linear"), small_config(true));
  const Tensor x = sample({2, 4, width}, 13), open = subject(x);
  const auto gated = [&](const std::optional<MixerState>& state) {
    const HeadGates gates({Tensor({2}, {1, 0.25})});
    const Tensor y = subject.mixer().mix({.x = x, .state = state}).y;
    BOOST_TEST(gates.used() == 1u);
    return y;
  };
  const Tensor y = gated(MixerState{});
  BOOST_TEST(distance(y, gated({})) < tiny);
  BOOST_TEST(distance(y, open) > 1e-3);
}

BOOST_AUTO_TEST_CASE(refusals_of_linear_attention) {
  Generator rng(1);
  BOOST_TEST(thrown<ValueError>([&] {
               LinearAttention({.width = 8, .chunk = -1}, rng);
             }) == "[linear] chunk must not be negative: -1\nhint: tokens a chunk; 0: the whole "
                   "matrix");
  BOOST_TEST(thrown<ValueError>([&] { LinearAttention({.width = 8, .heads = 3}, rng); }) ==
             "[linear] heads must divide the width: 3 heads, width 8");
  const LinearAttention layer({.width = 8, .heads = 2, .causal = true}, rng);
  const Tensor x = sample({2, 3, 8}, 12);
  const std::optional<MixerState> state = layer.mix({.x = x, .state = MixerState{}}).state;
  BOOST_TEST(thrown<ShapeError>([&] { layer.mix({.x = sample({1, 1, 8}, 1), .state = state}); }) ==
             "[linear] the state holds a summary (2, 2, 4, 5), the input makes (1, 2, 4, 5)\nhint: "
             "a state belongs to one layer and one batch");
  const Mask by_query = causal().expand(3, 6).reshape({1, 1, 3, 6});
  const std::string needs_every_key =
      "[linear] a mask that differs between queries, shifted scores and changed maps need every "
      "key, and a state keeps their sum";
  BOOST_TEST(thrown<ValueError>([&] { layer.mix({.x = x, .mask = by_query, .state = state}); }) ==
             needs_every_key);
  {
    const ScoreShift shift({Tensor::zeros({3, 6})});
    BOOST_TEST(thrown<ValueError>([&] { layer.mix({.x = x, .state = state}); }) ==
               needs_every_key);
  }
  {
    const MapChange change([](const Tensor& weights) { return weights; });
    BOOST_TEST(thrown<ValueError>([&] { layer.mix({.x = x, .state = state}); }) ==
               needs_every_key);
  }
  BOOST_TEST(thrown<ValueError>([&] { layer.mix({.x = x, .context = x, .state = state}); })
                 .rfind("[linear] cannot continue from a state", 0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
