// The Neural Turing machine: each step of its addressing by what it must do, and all of it against
// loops over slots. The mutants run these cases.
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>

#include "attention/maps.h"
#include "attention/memory/ntm.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
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

constexpr Index batch = 2, slots = 5, size = 3;

Tensor number(double value) { return Tensor::full({batch, 1}, static_cast<Real>(value)); }
Tensor some_weights(std::uint64_t seed) { return softmax(sample({batch, slots}, seed)); }
Tensor one_of(std::int32_t slot, Index count = slots) {
  return one_hot(Indices({batch}, {slot, slot}), count);
}
// A head that looks for `key` everywhere and does not move.
Addressing at_rest(std::uint64_t seed) {
  return {.key = sample({batch, size}, seed), .beta = number(2), .gate = number(1),
          .shift = one_of(1, 3), .gamma = number(1)};
}

using Row = std::vector<double>;
Row row_of(const Tensor& x, Index row) {
  const Index each = x.size() / x.dim(0);
  return {x.data() + row * each, x.data() + (row + 1) * each};
}

// Equations 5 to 9 for one row of the batch.
Row by_hand(const Row& memory, const Row& key, double beta, double gate, const Row& shift,
            double gamma, const Row& before) {
  const auto length = [](const double* v) {
    return std::sqrt(std::inner_product(v, v + size, v, 0.0));
  };
  Row content;
  for (Index i = 0; i < slots; ++i) {
    const double* slot = memory.data() + i * size;
    const double fit = std::inner_product(slot, slot + size, key.data(), 0.0);
    content.push_back(std::exp(beta * fit / (length(slot) * length(key.data()))));
  }
  const double total = std::accumulate(content.begin(), content.end(), 0.0);
  Row moved(slots);
  for (std::size_t i = 0; i < slots; ++i) {
    for (std::size_t j = 0; j < slots; ++j) {
      const std::size_t steps = (i + slots - j + 1) % slots;  // i - j, from -1 on
      if (steps > 2) continue;
      moved[i] += shift[steps] * (gate * content[j] / total + (1 - gate) * before[j]);
    }
  }
  double sum = 0;
  for (double& weight : moved) sum += weight = std::pow(weight, gamma);
  for (double& weight : moved) weight /= sum;
  return moved;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(turing_machines)

BOOST_AUTO_TEST_CASE(open_gate_is_attention_by_cosine) {
  const Tensor memory = sample({batch, slots, size}, 1);
  const Addressing head = at_rest(2);
  const Tensor weights = address(memory, head, some_weights(3));
  const Tensor expected = softmax_over(cosine(unsqueeze(head.key, 1), memory) * 2.0, {});
  BOOST_TEST(distance(weights, squeeze(expected, 1)) < 1e-14);
}

BOOST_AUTO_TEST_CASE(a_closed_gate_keeps_the_last_weights) {
  Addressing head = at_rest(2);
  head.gate = number(0);
  const Tensor before = some_weights(3);
  BOOST_TEST(distance(address(sample({batch, slots, size}, 1), head, before), before) < 1e-15);
}

BOOST_AUTO_TEST_CASE(a_sharp_shift_turns_the_weights) {
  const Tensor before = some_weights(3);
  for (std::int32_t steps = -2; steps <= 2; ++steps) {
    const Tensor moved = shift_weights(before, one_of(steps + 2, 5));
    for (Index i = 0; i < slots; ++i) {
      const Index from = (i + slots - steps) % slots;
      BOOST_TEST(moved.data()[i] == before.data()[from]);
    }
  }
  const Tensor half = shift_weights(one_of(4), Tensor({batch, 3}, {0, 0.5, 0.5, 0, 0.5, 0.5}));
  BOOST_TEST(distance(half, (one_of(4) + one_of(0)) * 0.5) == 0.0);
}

BOOST_AUTO_TEST_CASE(gamma_sharpens) {
  const Tensor weights = some_weights(4);
  BOOST_TEST(distance(sharpen(weights, number(1)), weights) < 1e-15);
  BOOST_TEST(distance(sharpen(weights, number(2)),
                      square(weights) / sum(square(weights), {1}, true)) < 1e-15);
  // As sharp as can be, and never nothing by nothing.
  const Tensor best = one_hot(argmax(weights, 1), slots);
  BOOST_TEST(distance(sharpen(weights, number(1e6)), best) < 1e-9);
}

BOOST_AUTO_TEST_CASE(a_large_beta_finds_the_nearest) {
  const Tensor memory = sample({batch, slots, size}, 5);
  Addressing head = at_rest(6);
  head.beta = number(1e6);
  const Tensor fits = squeeze(cosine(unsqueeze(head.key, 1), memory), 1);
  BOOST_TEST(distance(address(memory, head, some_weights(7)), one_hot(argmax(fits, 1), slots)) <
             1e-12);
}

BOOST_AUTO_TEST_CASE(a_sharp_write_overwrites_one_slot) {
  const Tensor memory = sample({batch, slots, size}, 8), add = sample({batch, size}, 9);
  const Tensor after = write_memory(memory, one_of(2), Tensor::ones({batch, size}), add);
  BOOST_TEST(distance(select(after, 1, 2), add) == 0.0);
  for (const Index other : {0, 1, 3, 4}) {
    BOOST_TEST(distance(select(after, 1, other), select(memory, 1, other)) == 0.0);
  }
  // Half a weight takes half away, and puts half there.
  const Tensor half = write_memory(memory, one_of(2) * 0.5, Tensor::ones({batch, size}), add);
  BOOST_TEST(distance(select(half, 1, 2), (select(memory, 1, 2) + add) * 0.5) < 1e-15);
}

BOOST_AUTO_TEST_CASE(addressing_by_hand) {
  const Tensor memory = sample({batch, slots, size}, 10), before = some_weights(11);
  const Addressing head{.key = sample({batch, size}, 12),
                        .beta = Tensor({batch, 1}, {1.5, 0.3}),
                        .gate = Tensor({batch, 1}, {0.7, 0.2}),
                        .shift = softmax(sample({batch, 3}, 13)),
                        .gamma = Tensor({batch, 1}, {1.3, 4})};
  const Tensor weights = address(memory, head, before);
  for (Index b = 0; b < batch; ++b) {
    const Row expected = by_hand(row_of(memory, b), row_of(head.key, b), head.beta.data()[b],
                                 head.gate.data()[b], row_of(head.shift, b),
                                 head.gamma.data()[b], row_of(before, b));
    for (Index i = 0; i < slots; ++i) {
      const auto off = weights.data()[b * slots + i] - expected[static_cast<std::size_t>(i)];
      BOOST_TEST(std::abs(off) < 1e-14);
    }
  }
}

// What is written in one step can be read in the next.
BOOST_AUTO_TEST_CASE(a_step_reads_what_the_one_before_wrote) {
  Generator rng(1);
  const NTM machine(2, rng, {.slots = slots, .slot_width = size, .controller = 6});
  NTMState state = machine.begin(batch), other = machine.begin(batch);
  machine.step(sample({batch, 2}, 14), state);
  machine.step(sample({batch, 2}, 15), other);
  BOOST_TEST(distance(state.memory, other.memory) > 1e-3);
  BOOST_TEST(largest(state.read) < 1e-5);  // it was empty
  machine.step(sample({batch, 2}, 16), state);
  machine.step(sample({batch, 2}, 16), other);
  BOOST_TEST(distance(state.read, other.read) > 1e-5);
  BOOST_TEST(distance(sum(state.read_weights, {1}), Tensor::ones({batch})) < 1e-14);
  BOOST_TEST(distance(sum(state.write_weights, {1}), Tensor::ones({batch})) < 1e-14);
}

// A step with the formulas beside it, from the parameters as they lie in the two heads.
BOOST_AUTO_TEST_CASE(a_step_by_hand) {
  Generator rng(1);
  const NTM machine(2, rng, {.slots = slots, .slot_width = size, .controller = 6});
  for (const Parameter& own : machine.parameters()) {
    own.value.assign(sample(own.value.shape(), 20 + static_cast<std::uint64_t>(own.value.size())));
  }
  NTMState state = machine.begin(batch);
  machine.step(sample({batch, 2}, 17), state);
  const NTMState before = state;
  const Tensor x = sample({batch, 2}, 18);
  const MapRecorder recorder;
  const Tensor h = machine.step(x, state);
  const auto layer = [&](const std::string& name, const Tensor& in) {
    return linear(in, parameter_of(machine, name + ".weight"),
                  parameter_of(machine, name + ".bias"));
  };
  BOOST_TEST(distance(h, tanh(layer("controller", concat({x, before.read}, 1)))) < 1e-14);
  const auto head = [&](const Tensor& wanted) {  // key 3, beta, gate, gamma, shift 3
    return Addressing{.key = slice(wanted, 1, 0, 3),
                      .beta = log(1 + exp(slice(wanted, 1, 3, 4))),
                      .gate = sigmoid(slice(wanted, 1, 4, 5)),
                      .shift = softmax(slice(wanted, 1, 6, 9)),
                      .gamma = 1 + log(1 + exp(slice(wanted, 1, 5, 6)))};
  };
  const Tensor read = address(before.memory, head(layer("read_head", h)), before.read_weights);
  BOOST_TEST(distance(state.read_weights, read) < 1e-13);
  BOOST_TEST(distance(state.read, sum(unsqueeze(read, 2) * before.memory, {1})) < 1e-13);
  const Tensor wanted = layer("write_head", h);
  const Tensor write = address(before.memory, head(wanted), before.write_weights);
  BOOST_TEST(distance(state.write_weights, write) < 1e-13);
  const Tensor after = write_memory(before.memory, write, sigmoid(slice(wanted, 1, 9, 12)),
                                    slice(wanted, 1, 12, 15));
  BOOST_TEST(distance(state.memory, after) < 1e-13);
  BOOST_TEST_REQUIRE(recorder.maps().size() == 2U);
  BOOST_TEST(distance(recorder.maps()[0].weights, reshape(read, {batch, 1, 1, slots})) < 1e-13);
  BOOST_TEST(distance(recorder.maps()[1].weights, reshape(write, {batch, 1, 1, slots})) < 1e-13);
}

BOOST_AUTO_TEST_CASE(derivatives_of_three_steps) {
  Generator rng(1);
  const NTM machine(2, rng, {.slots = slots, .slot_width = size, .controller = 3});
  for (const Parameter& own : machine.parameters()) {
    own.value.assign(sample(own.value.shape(), 30 + static_cast<std::uint64_t>(own.value.size())));
  }
  const Tensor x = sample({batch, 3, 2}, 19), memory = sample({batch, slots, size}, 33);
  const auto run = [&](const Tensor& steps) {
    NTMState state = machine.begin(batch);
    state.memory = memory;  // a blank one bends too sharply
    Tensor total = Tensor::zeros({});
    for (Index t = 0; t < 3; ++t) {
      const Tensor h = machine.step(select(steps, 1, t), state);
      total = total + sum(square(concat({h, state.read}, 1)));
    }
    return total;
  };
  gradcheck("turing machine", [&](const std::vector<Tensor>& v) { return run(v[0]); }, {x});
  BOOST_TEST(deviation([&] { return run(x); }, machine) < 1e-6);
}

BOOST_AUTO_TEST_CASE(wrong_machines_are_told) {
  Generator rng(1);
  BOOST_TEST(thrown<Error>([&] { NTM(2, rng, {.slots = 4, .reach = 2}); }) ==
             "[ntm] a shift by up to 2 needs reach >= 0 and 5 slots, there are 4");
  BOOST_TEST(thrown<Error>([&] { NTM(0, rng); }) == "[ntm] in must be at least 1, got 0");
  const NTM machine(2, rng);
  NTMState state = machine.begin(3);
  BOOST_TEST(thrown<Error>([&] { machine.step(sample({2, 2}, 1), state); }) ==
             "[ntm] x must be (B, in) = (3, 2), got (2, 2)");
  const Tensor wide = sample({batch, slots, 4}, 1);
  BOOST_TEST(thrown<Error>([&] { address(wide, at_rest(2), some_weights(3)); }) ==
             "[ntm] key must be (B, M) = (2, 4), got (2, 3)");
  BOOST_TEST(thrown<Error>([&] { shift_weights(some_weights(3), sample({batch, 2}, 1)); }) ==
             "[shift_weights] a shift must be (B, 2 R + 1), an offset of 0 in its middle: got "
             "(2, 2)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
