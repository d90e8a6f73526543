// The store of memorizing attention: what is written is found, who is read and how, what is kept.
// The mutants run these cases.
#include <boost/test/unit_test.hpp>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "attention/core.h"
#include "attention/memory/knn_memory.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"
#include "nn/similarity.h"
#include "tests/attention/by_hand.h"
#include "tests/framework/thrown.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;

// Parameters that are not special; the gates as given.

struct Layer {
  explicit Layer(const KnnMemoryOptions& options, Real gate = 0.3) : mixer(options, rng) {
    for (const Parameter& own : mixer.parameters()) {
      own.value.assign(rng.normal(own.value.shape(), 0, 0.6));
    }
    parameter_of(mixer, "gate").assign(Tensor::full({heads, 1, 1}, gate));
  }
  Generator rng{7};
  KnnMemory mixer;
};

KnnMemoryOptions sizes(Index k, Index memory) {
  return {.width = width, .heads = heads, .k = k, .memory = memory};
}

// Two segments, and what comes out of the second; the state behind it where it is wanted.
Tensor second_of(const KnnMemory& mixer, const Tensor& first, const Tensor& second) {
  const Mixed before = mixer.mix({.x = first, .state = MixerState{}});
  return mixer.mix({.x = second, .state = before.state}).y;
}

// (B, H, T, D) of a segment, as the packed projections make them.
Tensor projected(const KnnMemory& mixer, const Tensor& x, Index third) {
  const Tensor weight = slice(parameter_of(mixer, "in_proj_weight"), 0, third * width,
                              (third + 1) * width);
  const Tensor bias =
      slice(parameter_of(mixer, "in_proj_bias"), 0, third * width, (third + 1) * width);
  return split_heads(linear(x, weight, bias), heads);
}

// One query at a time, over the places of the store in the order of their scores.
Tensor far_by_hand(const KnnMemory& mixer, const Tensor& first, const Tensor& second, Index k) {
  const Tensor q = projected(mixer, second, 0), keys = projected(mixer, first, 1),
               v = projected(mixer, first, 2);
  const Tensor scores = cosine(q, keys) * exp(parameter_of(mixer, "logit_scale"));  // (B, H, T, M)
  const Index stored = keys.dim(2), size = width / heads;
  std::vector<Real> found;
  for (Index row = 0; row < scores.size() / stored; ++row) {
    const Real* score = scores.data() + row * stored;
    std::vector<Index> order(static_cast<std::size_t>(stored));
    std::iota(order.begin(), order.end(), Index{0});
    std::ranges::sort(order, [&](Index a, Index b) { return score[a] > score[b]; });
    order.resize(static_cast<std::size_t>(std::min(k, stored)));
    double total = 0;
    for (const Index j : order) total += std::exp(score[j]);
    const Index head = row / q.dim(2);  // of batch and head together
    for (Index d = 0; d < size; ++d) {
      double sum = 0;
      for (const Index j : order) {
        sum += std::exp(score[j]) / total * v.data()[(head * stored + j) * size + d];
      }
      found.push_back(static_cast<Real>(sum));
    }
  }
  return {q.shape(), found};
}

Tensor merged(const KnnMemory& mixer, const Tensor& y) {
  return linear(merge_heads(y), parameter_of(mixer, "out_proj.weight"),
                parameter_of(mixer, "out_proj.bias"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stores)

// The gate wide open: only the store counts.
BOOST_AUTO_TEST_CASE(k_of_all_is_attention_over_the_store) {
  const Layer layer(sizes(6, 6), 60);
  const Tensor first = sample({2, 6, width}, 1), second = sample({2, 4, width}, 2);
  const Tensor q = projected(layer.mixer, second, 0), k = projected(layer.mixer, first, 1);
  const Tensor scores = cosine(q, k) * exp(parameter_of(layer.mixer, "logit_scale"));
  const Tensor far = combine(softmax_over(scores, {}), projected(layer.mixer, first, 2));
  BOOST_TEST(distance(second_of(layer.mixer, first, second), merged(layer.mixer, far)) < tiny);
}

BOOST_AUTO_TEST_CASE(the_k_best_of_the_store_by_hand) {
  const Tensor first = sample({2, 6, width}, 1), second = sample({2, 4, width}, 2);
  for (const Index k : {1, 2, 5, 9}) {
    const Layer layer(sizes(k, 6), 60);
    const Tensor far = far_by_hand(layer.mixer, first, second, k);
    BOOST_TEST(distance(second_of(layer.mixer, first, second), merged(layer.mixer, far)) < tiny);
  }
}

// Half from afar and half from near, head by head, as the gate says; near alone with it shut, and
// while nothing is stored.
BOOST_AUTO_TEST_CASE(the_gate_weighs_far_and_near) {
  const Tensor first = sample({2, 6, width}, 1), second = sample({2, 4, width}, 2);
  const Layer half(sizes(2, 6), 0), open(sizes(2, 6), 60), shut(sizes(2, 6), -60);
  const auto y = [&](const Layer& layer) { return second_of(layer.mixer, first, second); };
  BOOST_TEST(distance(y(half), (y(open) + y(shut)) * 0.5) < tiny);
  BOOST_TEST(distance(y(shut), shut.mixer.mix({.x = second}).y) < tiny);
  BOOST_TEST(distance(y(open), y(shut)) > 0.01);
  BOOST_TEST(distance(open.mixer.mix({.x = second}).y, shut.mixer.mix({.x = second}).y) < tiny);
}

// A query that is a key of the store finds its value, in segments long past as well.
BOOST_AUTO_TEST_CASE(what_was_written_can_be_read) {
  const Layer layer(sizes(1, 100), 60);
  for (const char* third : {"in_proj_weight", "in_proj_bias"}) {  // queries made as keys are
    const Tensor own = parameter_of(layer.mixer, third);
    const Tensor keys = slice(own, 0, width, 2 * width);
    own.assign(concat({keys, slice(own, 0, width, 3 * width)}, 0).detach());
  }
  std::optional<MixerState> state = MixerState{};
  std::vector<Tensor> segments;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    segments.push_back(sample({2, 5, width}, seed));
    state = layer.mixer.mix({.x = segments.back(), .state = state}).state;
  }
  BOOST_TEST(state->seen == 20);
  for (const Tensor& written : segments) {
    const Tensor y = layer.mixer.mix({.x = written, .state = state}).y;
    const Tensor values = projected(layer.mixer, written, 2);
    BOOST_TEST(distance(y, merged(layer.mixer, values)) < tiny);
  }
}

BOOST_AUTO_TEST_CASE(the_oldest_go_first) {
  const Layer layer(sizes(3, 4), 0);
  const Tensor first = sample({1, 3, width}, 1), second = sample({1, 3, width}, 2),
               third = sample({1, 2, width}, 3);
  const auto last = [&](const Tensor& oldest) {
    std::optional<MixerState> state = MixerState{};
    for (const Tensor& x : {oldest, second}) {
      state = layer.mixer.mix({.x = x, .state = state}).state;
    }
    BOOST_TEST(state->tensors.at(0).dim(2) == 4);
    return layer.mixer.mix({.x = third, .state = state}).y;
  };
  const Tensor y = last(first);
  for (Index t = 0; t < 3; ++t) {
    const bool forgotten = t < 2;
    BOOST_TEST((distance(last(with_token(first, t, 9)), y) == 0.0) == forgotten);
  }
  const Layer none(sizes(3, 0), 0);
  BOOST_TEST(distance(second_of(none.mixer, first, second), none.mixer.mix({.x = second}).y) == 0);
}

BOOST_AUTO_TEST_CASE(no_gradient_flows_into_the_store) {
  const Layer layer(sizes(3, 6), 0);
  const Tensor first = sample({1, 4, width}, 1).detach().require_grad();
  const Tensor second = sample({1, 4, width}, 2).detach().require_grad();
  sum(square(second_of(layer.mixer, first, second))).backward();
  BOOST_TEST(!first.grad().defined());
  BOOST_TEST(largest(second.grad()) > 0);
}

// The mask of a continued text speaks of what is stored as well.
BOOST_AUTO_TEST_CASE(a_mask_covers_store_and_segment) {
  const Layer layer(sizes(9, 6), 0);
  const Tensor first = sample({1, 3, width}, 1), second = sample({1, 2, width}, 2);
  const auto y = [&](const Tensor& past) {
    const Mixed before = layer.mixer.mix({.x = past, .state = MixerState{}});
    return layer.mixer
        .mix({.x = second, .mask = Mask({1, 1, 1, 5}, {1, 0, 1, 1, 1}), .state = before.state})
        .y;
  };
  BOOST_TEST(distance(y(first), y(with_token(first, 1, 3))) == 0.0);
  BOOST_TEST(distance(y(first), y(with_token(first, 2, 3))) > 1e-4);
}

// The joint form: one softmax over the k best and the segment.
BOOST_AUTO_TEST_CASE(joint_is_one_softmax) {
  KnnMemoryOptions options = sizes(9, 6);
  options.joint = true;
  const Layer layer(options);
  const Tensor first = sample({2, 6, width}, 1), second = sample({2, 4, width}, 2);
  const auto both = [&](Index third) {
    return concat({projected(layer.mixer, first, third), projected(layer.mixer, second, third)}, 2);
  };
  const Tensor scores = cosine(projected(layer.mixer, second, 0), both(1)) *
                        exp(parameter_of(layer.mixer, "logit_scale"));
  const Tensor weights = softmax_over(scores, causal().expand(4, 10));
  const Tensor expected = merged(layer.mixer, combine(weights, both(2)));
  BOOST_TEST(distance(second_of(layer.mixer, first, second), expected) < tiny);
}

BOOST_AUTO_TEST_CASE(wrong_stores_are_told) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { KnnMemory(sizes(0, 1), rng); }) ==
             "[knn-memory] needs k >= 1, memory >= 0 and scale > 0: 0, 1 and 10");
  const Layer layer(sizes(2, 6));
  const Mixed before = layer.mixer.mix({.x = sample({2, 3, width}, 1), .state = MixerState{}});
  const MixerInput other{.x = sample({1, 3, width}, 1), .state = before.state};
  BOOST_TEST(thrown<Error>([&] { layer.mixer.mix(other); }) ==
             "[knn-memory] the state holds keys (2, 2, 3, 4), the input is (1, 3, 8)\nhint: a "
             "state belongs to one batch of texts");
  const MixerState flat{{sample({3, width}, 1), sample({3, width}, 2)}, 3};
  const MixerInput flat_store{.x = sample({2, 3, width}, 1), .state = flat};
  BOOST_TEST(thrown<Error>([&] { layer.mixer.mix(flat_store); }) ==
             "[knn-memory] the state holds keys (3, 8), the input is (2, 3, 8)\nhint: a state "
             "belongs to one batch of texts");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
