// Weights that a loss can be put on, and scores that can be shifted: with derivatives, and without
// a trace where nobody asks.
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "attention/block.h"
#include "attention/maps.h"
#include "attention/score_shift.h"
#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "examples/laws/subject.h"

namespace heed_test {
namespace {

using namespace heed;
using namespace heed::attention;
using namespace heed::laws;

// Two blocks around the mechanism.
class Stack : public nn::Module {
 public:
  Stack(const char* name, Generator& rng)
      : first_(child<EncoderBlock>("first", BlockOptions{.width = 8},
                                   find(name).make(small_config(), rng), rng)),
        second_(child<EncoderBlock>("second", BlockOptions{.width = 8},
                                    find(name).make(small_config(), rng), rng)) {}
  Tensor operator()(const Tensor& x) const { return second_(first_(x)); }

 private:
  EncoderBlock& first_;
  EncoderBlock& second_;
};

Tensor leaf(const Shape& shape, std::uint64_t seed) {
  Tensor x = sample(shape, seed).detach();
  x.require_grad();
  return x;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(maps_and_shifts)

BOOST_AUTO_TEST_CASE(a_loss_on_weights_has_the_right_gradient) {
  Generator rng(1);
  const Stack model("multihead", rng);
  const Tensor wanted = sample({1, 2, 4, 4}, 3);
  const auto loss = [&](const std::vector<Tensor>& in) {
    const MapRecorder recorder(Graph::keep);
    model(in[0]);
    BOOST_REQUIRE(recorder.maps().size() == 2u);
    return sum(square(recorder.maps()[1].weights - wanted));
  };
  BOOST_CHECK_NO_THROW(gradcheck("a loss on weights", loss, {leaf({1, 4, 8}, 2)}));
}

BOOST_AUTO_TEST_CASE(maps_are_cut_off_unless_the_graph_is_kept) {
  Generator rng(1);
  const Stack model("self", rng);
  const Tensor x = leaf({1, 4, 8}, 2);
  const MapRecorder recorder;
  BOOST_TEST(!model(x).requires_grad());
  BOOST_TEST(!recorder.maps()[0].weights.requires_grad());
}

BOOST_AUTO_TEST_CASE(shifts_of_a_whole_model_have_the_right_gradient) {
  Generator rng(1);
  const Stack model("multihead", rng);
  const Tensor x = sample({1, 4, 8}, 2), c = sample({1, 4, 8}, 4);
  const auto loss = [&](const std::vector<Tensor>& shifts) {
    const ScoreShift guard({shifts[0], shifts[1]});
    const Tensor read = sum(model(x) * c);
    BOOST_REQUIRE(guard.used() == 2u);
    return read;
  };
  BOOST_CHECK_NO_THROW(
      gradcheck("shifted scores", loss, {leaf({1, 2, 4, 4}, 5), leaf({1, 1, 4, 4}, 6)}));
}

BOOST_AUTO_TEST_CASE(a_shift_is_added_to_the_scores) {
  // All weight on the key that is lifted.
  Generator rng(1);
  const auto self = find("self").make(small_config(), rng);
  const Tensor lift = where(Mask({1, 4}, {0, 0, 1, 0}), Tensor::full({1, 4}, 1e3), 0.0);
  MapRecorder recorder;
  const ScoreShift guard({lift});
  self->mix({.x = sample({1, 4, 8}, 2)});
  const Tensor weights = recorder.maps()[0].weights;
  BOOST_TEST(distance(select(weights, 3, 2), Tensor::ones({1, 2, 4})) < 1e-12);
}

BOOST_AUTO_TEST_CASE(wrong_shifts_are_refused) {
  Generator rng(1);
  const Stack model("self", rng);
  const Tensor x = sample({1, 4, 8}, 2);
  const auto run = [&](std::vector<Tensor> shifts) {
    const ScoreShift guard(std::move(shifts));
    model(x);
  };
  BOOST_CHECK_EXCEPTION(run({Tensor::scalar(1)}), ValueError, [](const ValueError& error) {
    return std::string(error.what()) ==
           "[ScoreShift] the forward pass asks for more than the 1 shifts given";
  });
  BOOST_CHECK_EXCEPTION(
      run({Tensor::zeros({3, 2, 4, 4}), Tensor::scalar(1)}), ShapeError,
      [](const ShapeError& error) {
        return std::string(error.what()) ==
               "[ScoreShift] shift 0 must broadcast against scores (1, 2, 4, 4): got (3, 2, 4, 4)";
      });
}

BOOST_AUTO_TEST_CASE(nothing_asked_for_changes_no_bit) {
  Generator rng(1);
  const Stack model("multihead", rng);
  const Tensor x = sample({2, 5, 8}, 2);
  const Tensor before = model(x);
  {
    const ScoreShift guard({Tensor::zeros({1}), Tensor::zeros({1})});
    model(x);
  }
  BOOST_TEST(bitwise_equal(model(x), before));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
