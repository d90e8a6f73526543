// A state that several go on from: as beam search does, and whoever goes back to where it stood.
#include <boost/test/unit_test.hpp>

#include "attention/dense/multi_head.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

constexpr double tiny = 1e-12;
constexpr Index width = 8;

MultiHead layer() {
  Generator rng(7);
  return MultiHead({.width = width, .heads = 2, .causal = true}, rng);
}

// One token after the other; the state moves on.
Tensor read(const MultiHead& layer, const Tensor& x, MixerState& state) {
  std::vector<Tensor> made;
  for (Index t = 0; t < x.dim(1); ++t) {
    Mixed step = layer.mix({.x = slice(x, 1, t, t + 1), .state = state});
    state = *step.state;
    made.push_back(step.y);
  }
  return concat(made, 1);
}

// What a pass over everything at once gives for the last tokens.
Tensor fresh(const MultiHead& layer, const Tensor& before, const Tensor& x) {
  const Index from = before.dim(1);
  return slice(layer.mix({.x = concat({before, x}, 1)}).y, 1, from, from + x.dim(1));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(states)

BOOST_AUTO_TEST_CASE(branches_of_a_state_go_on_by_themselves) {
  const MultiHead attention = layer();
  for (const Index batch : {1, 2}) {
    for (const bool off : {false, true}) {
      const NoGrad guard(off);
      const Tensor trunk = sample({batch, 5, width}, 1);
      MixerState state;
      read(attention, trunk, state);
      std::vector<MixerState> states(3, state);
      std::vector<Tensor> texts(3, trunk);
      for (std::uint64_t step = 0; step < 4; ++step) {  // in turns
        for (std::size_t i = 0; i < states.size(); ++i) {
          const Tensor more = sample({batch, 2, width}, 10 + 3 * step + i);
          const Tensor y = read(attention, more, states[i]);
          BOOST_TEST(distance(y, fresh(attention, texts[i], more)) < tiny);
          texts[i] = concat({texts[i], more}, 1);
        }
      }
      // And once more from where all parted.
      const Tensor more = sample({batch, 3, width}, 40);
      BOOST_TEST(distance(read(attention, more, state), fresh(attention, trunk, more)) < tiny);
    }
  }
}

BOOST_AUTO_TEST_CASE(gradients_behind_a_state_that_grew) {
  const MultiHead attention = layer();
  const Tensor before = sample({1, 6, width}, 1);
  MixerState state;
  {
    const NoGrad off;
    read(attention, before, state);
  }
  Tensor x = sample({1, 3, width}, 2);
  x.require_grad();
  MixerState own = state;
  const Tensor y = read(attention, x, own);
  {
    const NoGrad off;  // somebody else takes the room
    read(attention, sample({1, 3, width}, 3), state);
  }
  const Tensor found = grad({sum(square(y))}, {x})[0];
  const Tensor expected = grad({sum(square(fresh(attention, before, x)))}, {x})[0];
  BOOST_TEST(distance(found, expected) < tiny);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
