// Co-attention, which is no mixer, parallel and alternating: formulas, symmetries, limits, padding.
#include <boost/test/unit_test.hpp>

#include "attention/pairs/co_attention.h"
#include "attention/score_shift.h"
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
constexpr Index width_a = 6, width_b = 4, hidden = 5;

template <class Layer>
std::unique_ptr<Layer> layer(bool one_way = false, Index a = width_a, Index b = width_b) {
  Generator rng(7);
  auto made = std::make_unique<Layer>(
      CoAttentionOptions{.width_a = a, .width_b = b, .hidden = hidden, .one_way = one_way}, rng);
  for (const Parameter& own : made->parameters()) {
    own.value.assign(rng.normal(own.value.shape(), 0, 0.8));
  }
  return made;
}

struct Sets {
  Tensor a = sample({2, 5, width_a}, 1), b = sample({2, 3, width_b}, 2);
};

// One sample at a time, with the items as columns, as the paper has them.
struct Columns {
  Tensor x;        // (C, N)
  Tensor softened(const Tensor& scores) const {  // (1, N) -> (C)
    return reshape(matmul(x, transpose(softmax(scores))), {-1});
  }
};
Columns columns(const Tensor& set, Index sample) { return {transpose(select(set, 0, sample))}; }
Tensor row(const Tensor& query) { return reshape(query, {1, -1}); }

// Of sample `s`: the vector of A, then that of B.
Tensor by_paper(const CoAttention& layer, const Sets& in, Index s, bool one_way) {
  const auto of = [&](const char* name) { return parameter_of(layer, name); };
  const Columns v = columns(in.a, s), q = columns(in.b, s);
  const Tensor c = tanh(matmul(matmul(transpose(q.x), transpose(of("affinity"))), v.x));  // (T, N)
  const auto project = [&](const std::string& name, const Columns& set) {
    return matmul(parameter_of(layer, name + ".weight"), set.x) +
           reshape(parameter_of(layer, name + ".bias"), {-1, 1});
  };
  const Tensor wv = project("of_a", v), wq = project("of_b", q);
  const Tensor hv = tanh(wv + matmul(wq, c));
  const Tensor hq = tanh(one_way ? wq : wq + matmul(wv, transpose(c)));
  return concat({v.softened(matmul(row(of("query_a")), hv)),
                 q.softened(matmul(row(of("query_b")), hq))},
                0);
}

Tensor by_paper(const AlternatingCoAttention& layer, const Sets& in, Index s, bool) {
  const auto of = [&](const std::string& name) { return parameter_of(layer, name); };
  const auto step = [&](const std::string& name, const Columns& set, const Tensor& guide) {
    Tensor h = matmul(of(name + "_items.weight"), set.x) +
               reshape(of(name + "_items.bias"), {-1, 1});
    if (guide.defined()) h = h + matmul(of(name + "_guide.weight"), reshape(guide, {-1, 1}));
    return set.softened(matmul(row(of(name + "_query")), tanh(h)));
  };
  const Columns v = columns(in.a, s), q = columns(in.b, s);
  const Tensor found = step("a", v, step("first", q, {}));
  return concat({found, step("b", q, found)}, 0);
}

template <class Layer>
void check_formula(bool one_way) {
  const auto made = layer<Layer>(one_way);
  const Sets in;
  const CoAttended found = (*made)(in.a, in.b);
  for (Index s = 0; s < 2; ++s) {
    const Tensor both = concat({select(found.a.z, 0, s), select(found.b.z, 0, s)}, 0);
    BOOST_TEST(distance(both, by_paper(*made, in, s, one_way)) < tiny);
  }
}

template <class Layer>
void check_order() {
  const auto made = layer<Layer>();
  const Sets in;
  const std::vector<std::int32_t> order{3, 0, 4, 2, 1};
  const CoAttended found = (*made)(in.a, in.b), moved = (*made)(permuted(in.a, order), in.b);
  const Tensor weights = permuted(unsqueeze(found.a.weights, 2), order);
  BOOST_TEST(distance(unsqueeze(moved.a.weights, 2), weights) < tiny);
  BOOST_TEST(distance(moved.a.weights, found.a.weights) > 1e-3);
  BOOST_TEST(distance(moved.b.weights, found.b.weights) < tiny);
  const CoAttended other = (*made)(with_token(in.a, 2, 9), in.b);
  BOOST_TEST(distance(other.b.weights, found.b.weights) > 1e-4);  // it does look at A
}

template <class Layer>
void check_padding() {
  const auto made = layer<Layer>();
  const Sets in;
  Tensor a = concat({in.a, sample({2, 2, width_a}, 3) * 50.0}, 1).detach();
  Tensor b = concat({in.b, sample({2, 1, width_b}, 4) * 50.0}, 1).detach();
  a.require_grad();
  b.require_grad();
  const Mask real_a = padding({5, 5}, 7).reshape({2, 7}),
             real_b = padding({3, 3}, 4).reshape({2, 4});
  const CoAttended alone = (*made)(in.a, in.b), inside = (*made)(a, b, real_a, real_b);
  BOOST_TEST(distance(alone.a.z, inside.a.z) < tiny);
  BOOST_TEST(distance(alone.b.z, inside.b.z) < tiny);
  BOOST_TEST(largest(slice(inside.a.weights, 1, 5, 7)) == 0.0);
  const auto slopes = grad({sum(square(inside.a.z)) + sum(square(inside.b.z))}, {a, b});
  BOOST_TEST(largest(slice(slopes[0], 1, 5, 7)) == 0.0);
  BOOST_TEST(largest(slice(slopes[1], 1, 3, 4)) == 0.0);
  // A set without items is 0, and nothing becomes NaN.
  const CoAttended none = (*made)(a, b, padding({5, 0}, 7).reshape({2, 7}), real_b);
  BOOST_TEST(largest(slice(none.a.z, 0, 1, 2)) == 0.0);
  BOOST_TEST(finite(grad({sum(square(none.a.z)) + sum(square(none.b.z))}, {a})[0]));
}

template <class Layer>
void check_gradients() {
  const auto made = layer<Layer>();
  const Sets in;
  const auto loss = [&](const Tensor& a, const Tensor& b) {
    const CoAttended found = (*made)(a, b, {}, padding({3, 2}, 3).reshape({2, 3}));
    return sum(square(found.a.z)) + sum(square(found.b.z));
  };
  gradcheck("co-attention", [&](const std::vector<Tensor>& v) { return loss(v[0], v[1]); },
            {in.a, in.b});
  BOOST_TEST(deviation([&] { return loss(in.a, in.b); }, *made) < 1e-6);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(co_attention)

BOOST_AUTO_TEST_CASE(both_forms_are_what_the_paper_writes) {
  check_formula<CoAttention>(false);
  check_formula<CoAttention>(true);
  check_formula<AlternatingCoAttention>(false);
}

BOOST_AUTO_TEST_CASE(swapping_the_sets_swaps_the_results) {
  const auto made = layer<CoAttention>(), turned = layer<CoAttention>(false, width_b, width_a);
  const auto give = [&](const char* from, const char* to) {
    parameter_of(*turned, to).assign(parameter_of(*made, from));
  };
  give("of_a.weight", "of_b.weight");
  give("of_b.weight", "of_a.weight");
  give("of_a.bias", "of_b.bias");
  give("of_b.bias", "of_a.bias");
  give("query_a", "query_b");
  give("query_b", "query_a");
  const Sets in;
  const CoAttended found = (*made)(in.a, in.b), before = (*turned)(in.b, in.a);
  BOOST_TEST(distance(before.a.z, found.b.z) > 1e-3);
  parameter_of(*turned, "affinity").assign(transpose(parameter_of(*made, "affinity")).detach());
  const CoAttended swapped = (*turned)(in.b, in.a);
  BOOST_TEST(distance(swapped.a.z, found.b.z) < tiny);
  BOOST_TEST(distance(swapped.b.z, found.a.z) < tiny);
  BOOST_TEST(distance(swapped.a.weights, found.b.weights) < tiny);
}

// Attention pooling of a set by itself.
Tensor pooled(const nn::Module& layer, const std::string& items, const std::string& query,
              const Tensor& set) {
  Generator rng(1);
  const AttentionPooling plain({.width = set.dim(2), .hidden = hidden}, rng);
  parameter_of(plain, "hidden.weight").assign(parameter_of(layer, items + ".weight"));
  parameter_of(plain, "hidden.bias").assign(parameter_of(layer, items + ".bias"));
  parameter_of(plain, "query").assign(reshape(parameter_of(layer, query), {hidden}));
  return plain.pool(set).z;
}

BOOST_AUTO_TEST_CASE(co_attention_without_affinity_is_two_poolings) {
  const auto made = layer<CoAttention>();
  const Sets in;
  const Tensor a = pooled(*made, "of_a", "query_a", in.a),
               b = pooled(*made, "of_b", "query_b", in.b);
  BOOST_TEST(distance((*made)(in.a, in.b).a.z, a) > 1e-3);
  // Beside zeros, which have no affinity to anything.
  BOOST_TEST(distance((*made)(in.a, Tensor::zeros(in.b.shape())).a.z, a) < tiny);
  const Tensor affinity = parameter_of(*made, "affinity");
  affinity.assign(Tensor::zeros(affinity.shape()));
  const CoAttended found = (*made)(in.a, in.b);
  BOOST_TEST(distance(found.a.z, a) < tiny);
  BOOST_TEST(distance(found.b.z, b) < tiny);
}

// One way, the second set is pooled by itself and the first one as ever.
BOOST_AUTO_TEST_CASE(one_way_guides_the_first_set_only) {
  const auto both = layer<CoAttention>(), one = layer<CoAttention>(true);
  const Sets in;
  const CoAttended found = (*both)(in.a, in.b), guided = (*one)(in.a, in.b);
  BOOST_TEST(distance(guided.a.z, found.a.z) == 0.0);
  BOOST_TEST(distance(guided.b.z, pooled(*one, "of_b", "query_b", in.b)) < tiny);
  BOOST_TEST(distance(guided.b.z, found.b.z) > 1e-3);
}

BOOST_AUTO_TEST_CASE(one_item_guides_the_other_set) {
  const auto made = layer<CoAttention>();
  const Tensor a = sample({2, 5, width_a}, 1), b = sample({2, 1, width_b}, 2);
  const auto of = [&](const char* name) { return parameter_of(*made, name); };
  const CoAttended found = (*made)(a, b);
  BOOST_TEST(distance(found.b.z, select(b, 1, 0)) == 0.0);
  // How well each a_n fits the question says how much of the question is added to it.
  const Tensor fit = tanh(matmul(matmul(a, of("affinity")), transpose(b)));        // (2, 5, 1)
  const Tensor guide = linear(b, of("of_b.weight"), of("of_b.bias"));              // (2, 1, H)
  const Tensor own = linear(a, of("of_a.weight"), of("of_a.bias"));                // (2, 5, H)
  const Tensor weights = softmax(sum(tanh(own + fit * guide) * of("query_a"), {2}));  // (2, 5)
  BOOST_TEST(distance(found.a.weights, weights) < tiny);
}

BOOST_AUTO_TEST_CASE(alternating_beside_zeros_is_pooling) {
  const auto made = layer<AlternatingCoAttention>();
  const Sets in;
  const CoAttended without_b = (*made)(in.a, Tensor::zeros(in.b.shape())),
                   without_a = (*made)(Tensor::zeros(in.a.shape()), in.b);
  BOOST_TEST(distance(without_b.a.z, pooled(*made, "a_items", "a_query", in.a)) < tiny);
  BOOST_TEST(distance(without_a.b.z, pooled(*made, "b_items", "b_query", in.b)) < tiny);
  BOOST_TEST(distance(without_b.a.z, (*made)(in.a, in.b).a.z) > 1e-3);
}

BOOST_AUTO_TEST_CASE(permuting_a_set_permutes_its_weights_and_leaves_the_others) {
  check_order<CoAttention>();
  check_order<AlternatingCoAttention>();
}

BOOST_AUTO_TEST_CASE(padding_of_either_set_does_nothing) {
  check_padding<CoAttention>();
  check_padding<AlternatingCoAttention>();
}

BOOST_AUTO_TEST_CASE(derivatives_of_both_forms) {
  check_gradients<CoAttention>();
  check_gradients<AlternatingCoAttention>();
}

BOOST_AUTO_TEST_CASE(pairs_of_a_batch_are_independent) {
  const auto made = layer<CoAttention>();
  const Sets in;
  const Tensor second = (*made)(slice(in.a, 0, 1, 2), slice(in.b, 0, 1, 2)).a.z;
  BOOST_TEST(distance(slice((*made)(in.a, in.b).a.z, 0, 1, 2), second) < tiny);
}

BOOST_AUTO_TEST_CASE(both_looks_are_published_and_can_be_shifted) {
  const Sets in;
  const ScoreShift guard({Tensor({5}, {0, 0, 50, 0, 0}), Tensor({3}, {50, 0, 0})});
  const MapRecorder recorder;
  const CoAttended found = (*layer<CoAttention>())(in.a, in.b);
  BOOST_TEST(distance(found.a.z, select(in.a, 1, 2)) < 1e-9);
  BOOST_TEST(distance(found.b.z, select(in.b, 1, 0)) < 1e-9);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2u);
  BOOST_TEST(recorder.maps()[0].weights.shape() == (Shape{2, 1, 1, 5}));
  BOOST_TEST(recorder.maps()[1].mechanism == "co-attention");
}

BOOST_AUTO_TEST_CASE(sets_that_do_not_fit_are_refused) {
  const auto made = layer<CoAttention>();
  const Sets in;
  BOOST_TEST(thrown<Error>([&] { (*made)(in.b, in.a); }) ==
             "[co-attention] a must be (B, N, Ca) = (any, any, 6), got (2, 3, 4)");
  BOOST_TEST(thrown<Error>([&] { (*made)(in.a, sample({3, 3, width_b}, 1)); }) ==
             "[co-attention] b must be (B, T, Cb) = (2, any, 4), got (3, 3, 4)");
  BOOST_TEST(thrown<Error>([&] { (*made)(in.a, in.b, padding({5, 5}, 5)); }) ==
             "[co-attention] the mask must say of each instance whether it is real, as (2, 5): got "
             "(2, 1, 1, 5)");
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { CoAttention({.width_a = 0}, rng); }) ==
             "[co-attention] width_a must be at least 1, got 0");
  BOOST_TEST(thrown<Error>([&] { AlternatingCoAttention({.width_a = 4, .one_way = true}, rng); }) ==
             "[co-attention-alternating] both sides are guided; one_way is of the parallel form");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
