// Memory networks: against attention by the fused operation, against loops over words, and what a
// set of facts asks. The mutants run these cases.
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "attention/maps.h"
#include "attention/memory/memory_network.h"
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

constexpr Index words = 7, size = 4;

MemoryNetwork network(Index hops) {
  Generator rng(3);
  return MemoryNetwork({.vocabulary = words, .width = size, .hops = hops, .deviation = 0.8}, rng);
}

const Indices facts({2, 3, 2}, {0, 4, 1, 5, 2, 6, 3, 4, 0, 5, 2, 4});
const Indices question({2, 2}, {1, 2, 0, 3});

using Row = std::vector<double>;

double entry(const MemoryNetwork& net, std::size_t table, Index word, Index c) {
  const Tensor weight = parameter_of(net, "table." + std::to_string(table) + ".weight");
  return static_cast<double>(weight.data()[word * size + c]);
}

// The sum of some words by a table.
Row bag(const MemoryNetwork& net, std::size_t table, const Indices& of, Index from, Index count) {
  Row sum(size);
  for (Index i = from; i < from + count; ++i) {
    for (std::size_t c = 0; c < sum.size(); ++c) {
      sum[c] += entry(net, table, of[i], static_cast<Index>(c));
    }
  }
  return sum;
}

double product(const Row& a, const Row& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
  return sum;
}

// The logits of one sample, of which the first `real` facts are there: the paper in loops.
Row by_hand(const MemoryNetwork& net, std::size_t hops, Index sample, Index real) {
  Row u = bag(net, 0, question, sample * 2, 2);
  for (std::size_t hop = 0; hop < hops; ++hop) {
    Row weights, read(size);
    double total = 0;
    for (Index i = 0; i < real; ++i) {
      weights.push_back(std::exp(product(u, bag(net, hop, facts, (sample * 3 + i) * 2, 2))));
      total += weights.back();
    }
    for (Index i = 0; i < real; ++i) {
      const Row value = bag(net, hop + 1, facts, (sample * 3 + i) * 2, 2);
      for (std::size_t c = 0; c < u.size(); ++c) {
        read[c] += weights[static_cast<std::size_t>(i)] / total * value[c];
      }
    }
    for (std::size_t c = 0; c < u.size(); ++c) u[c] += read[c];
  }
  Row logits;
  for (Index word = 0; word < words; ++word) {
    Row out;
    for (Index c = 0; c < size; ++c) out.push_back(entry(net, hops, word, c));
    logits.push_back(product(u, out));
  }
  return logits;
}

void check_by_hand(Index hops, const Mask& real, const std::vector<Index>& counts) {
  const MemoryNetwork net = network(hops);
  const Tensor logits = net(facts, question, real);
  for (Index b = 0; b < 2; ++b) {
    const Row expected = by_hand(net, static_cast<std::size_t>(hops), b,
                                 counts[static_cast<std::size_t>(b)]);
    for (Index word = 0; word < words; ++word) {
      const auto found = static_cast<double>(logits.data()[b * words + word]);
      BOOST_TEST(std::abs(found - expected[static_cast<std::size_t>(word)]) < 1e-13);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_networks)

BOOST_AUTO_TEST_CASE(one_hop_is_cross_attention) {
  const MemoryNetwork net = network(1);
  const auto table = [&](const char* name) { return parameter_of(net, name); };
  const auto embed = [&](const char* name, const Indices& ids) {
    return sum(index_select(table(name), ids), {-2});
  };
  const Tensor u = unsqueeze(embed("table.0.weight", question), 1);  // (2, 1, C)
  const Heads q{u, 0, 1, size}, k{embed("table.0.weight", facts), 0, 1, size},
      v{embed("table.1.weight", facts), 0, 1, size};
  const Tensor read = dot_product_attention(q, k, v, {.scale = 1});  // (2, 1, C)
  const Tensor expected = matmul(squeeze(u + read, 1), transpose(table("table.1.weight")));
  BOOST_TEST(distance(net(facts, question), expected) < 1e-13);
}

BOOST_AUTO_TEST_CASE(a_network_by_hand) {
  for (const Index hops : {1, 2, 3}) check_by_hand(hops, {}, {3, 3});
  check_by_hand(2, Mask({2, 3}, {1, 1, 0, 1, 1, 1}), {2, 3});
}

BOOST_AUTO_TEST_CASE(derivatives_of_a_memory_network) {
  const MemoryNetwork net = network(2);
  BOOST_TEST(net.parameters().size() == 3U);
  BOOST_TEST(deviation([&] { return sum(square(net(facts, question))); }, net) < 1e-6);
}

// Facts are a set: another order changes where one looks, not what is found.
BOOST_AUTO_TEST_CASE(the_order_of_facts_means_nothing) {
  const MemoryNetwork net = network(2);
  const Indices order({2, 0, 1});
  const Indices moved({2, 3, 2}, {2, 6, 0, 4, 1, 5, 2, 4, 3, 4, 0, 5});
  const MapRecorder recorder;
  const Tensor after = net(moved, question), before = net(facts, question);
  BOOST_TEST(distance(after, before) < 1e-14);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 4U);
  for (std::size_t hop = 0; hop < 2; ++hop) {
    const Tensor there = recorder.maps()[hop].weights, here = recorder.maps()[hop + 2].weights;
    BOOST_TEST_REQUIRE(there.shape() == (Shape{2, 1, 1, 3}));
    BOOST_TEST(distance(there, index_select(here, order, 3)) < 1e-14);
    BOOST_TEST(distance(there, here) > 1e-3);
  }
}

// A fact that is not there: neither its words nor their gradients count.
BOOST_AUTO_TEST_CASE(hidden_facts_do_nothing) {
  const MemoryNetwork net = network(2);
  const Mask real({2, 3}, {1, 1, 0, 1, 0, 1});
  const Indices other({2, 3, 2}, {0, 4, 1, 5, 3, 3, 3, 4, 6, 6, 2, 4});
  BOOST_TEST(distance(net(facts, question, real), net(other, question, real)) == 0.0);
  BOOST_TEST(distance(net(facts, question), net(other, question)) > 1e-3);
  BOOST_TEST(finite(net(facts, question, Mask({2, 3}, {0, 0, 0, 1, 1, 1}))));
}

// Words that only fill a sentence up.
BOOST_AUTO_TEST_CASE(padding_words_count_nothing) {
  Generator rng(3);
  const MemoryNetwork net({.vocabulary = words, .width = size, .hops = 2, .padding_id = 6}, rng);
  const Indices longer({2, 3}, {1, 2, 6, 0, 6, 3}), shorter({2, 2}, {1, 2, 0, 3});
  BOOST_TEST(distance(net(facts, longer), net(facts, shorter)) == 0.0);
}

BOOST_AUTO_TEST_CASE(wrong_memories_are_told) {
  Generator rng(1);
  const MemoryNetwork net = network(2);
  BOOST_TEST(thrown<Error>([&] { net(Indices({2, 3}, {0, 1, 2, 3, 4, 5}), question); }) ==
             "[memory] facts must be (B, S, L), words of sentences: got (2, 3)");
  BOOST_TEST(thrown<Error>([&] { net(facts, Indices({1, 2}, {1, 2})); }) ==
             "[memory] the question must be (2, Q), as there are facts for 2: got (1, 2)");
  BOOST_TEST(thrown<Error>([&] { net.ask(question, {Tensor::zeros({2, 3, 4})}); }) ==
             "[memory] 2 hops read 3 tensors of facts, got 1\nhint: remember() makes them");
  BOOST_TEST(thrown<Error>([&] { MemoryNetwork({.vocabulary = 3, .width = 2, .hops = 0}, rng); }) ==
             "[memory] hops must be at least 1, got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
