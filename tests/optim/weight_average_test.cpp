// Averaged weights beside the golden files: standing in, saving, threads, refusals.
#include <boost/test/unit_test.hpp>

#include "autograd/memory.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"
#include "optim/weight_average.h"
#include "tests/nn/throws.h"
#include "tests/optim/leaves.h"

namespace heed_test {
namespace {

using namespace heed;
using optim::AveragedWeights;
using optim::WeightAverage;

// Weights that a "training" changes, the same each time.
void train(const std::vector<Parameter>& parameters, WeightAverage& average, std::uint64_t from,
           std::uint64_t to) {
  for (std::uint64_t step = from; step < to; ++step) {
    Generator rng = Generator(4).stream(step);
    for (const Parameter& p : parameters) p.value.assign(rng.normal(p.value.shape()));
    average.update();
  }
}

BOOST_AUTO_TEST_SUITE(weight_average)

BOOST_AUTO_TEST_CASE(before_the_first_update_it_is_the_weights) {
  const Tensor w = leaf({2}, 3);
  const WeightAverage average({{"w", w}});
  BOOST_CHECK_EQUAL(average.averages()[0].name, "w");
  BOOST_CHECK(values_of(average.averages()[0].value) == std::vector<Real>(2, 3));
  w.assign(Tensor::full({2}, 5));  // a copy
  BOOST_CHECK(values_of(average.averages()[0].value) == std::vector<Real>(2, 3));
}

BOOST_AUTO_TEST_CASE(the_first_update_takes_the_weights_over) {
  for (const bool bias_correction : {false, true}) {
    const Tensor w = leaf({2}, 3);
    WeightAverage average({{"w", w}}, {.decay = 0.75, .bias_correction = bias_correction});
    w.assign(Tensor::full({2}, 4));
    average.update();
    BOOST_CHECK(values_of(average.averages()[0].value) == std::vector<Real>(2, 4));
    w.assign(Tensor::full({2}, 8));
    average.update();
    // (0.25 * 8 + 0.75 * 0.25 * 4) / (1 - 0.75^2) = 6.2857...
    const double expected = bias_correction ? 44.0 / 7 : 5;
    BOOST_CHECK_CLOSE(static_cast<double>(average.averages()[0].value.data()[0]), expected, 1e-4);
    BOOST_CHECK_EQUAL(average.updates(), 2);
  }
}

BOOST_AUTO_TEST_CASE(it_stands_in_until_the_end_of_the_block) {
  const Tensor w = leaf({2}, 1);
  const Tensor empty = leaf({0, 3}, 1);
  WeightAverage average({{"w", w}, {"empty", empty}}, {.decay = 0.5});
  average.update();
  w.assign(Tensor::full({2}, 3));
  average.update();
  const Tensor loss = sum(square(w));
  {
    const AveragedWeights stand_in(average);
    BOOST_CHECK(values_of(w) == std::vector<Real>(2, 2));
    {
      const AveragedWeights again(average);
      BOOST_CHECK(values_of(w) == std::vector<Real>(2, 2));
    }
    expect_throw<GraphError>([&] { average.update(); },
                             "[WeightAverage] update() while AveragedWeights stand in for the "
                             "weights\nhint: end their block before training goes on");
    BOOST_CHECK(values_of(average.averages()[0].value) == std::vector<Real>(2, 2));
  }
  BOOST_CHECK(values_of(w) == std::vector<Real>(2, 3));
  BOOST_CHECK_THROW(loss.backward(), GraphError);  // the weights were written
  average.update();
  BOOST_CHECK(values_of(average.averages()[0].value) == std::vector<Real>(2, Real(2.5)));
}

BOOST_AUTO_TEST_CASE(memory_that_runs_out_leaves_the_weights) {
  const Tensor a = leaf({2}, 1);
  const Tensor b = leaf({2}, 1);
  WeightAverage average({{"a", a}, {"b", b}});
  a.assign(Tensor::full({2}, 7));
  memory::fail_allocation(2);
  BOOST_CHECK_THROW(AveragedWeights{average}, OutOfMemory);
  memory::fail_allocation(0);
  BOOST_CHECK(values_of(a) == std::vector<Real>(2, 7));
  average.update();  // nothing stands in
}

BOOST_AUTO_TEST_CASE(a_saved_average_goes_on_to_the_bit) {
  for (const bool bias_correction : {false, true}) {
    const optim::WeightAverageOptions options{.decay = 0.9, .bias_correction = bias_correction};
    const std::vector<Parameter> w{{"a", leaf({3}, 1)}, {"b", leaf({2, 2}, 1)}};
    WeightAverage straight(w, options);
    train(w, straight, 0, 8);
    WeightAverage stopped(w, options);
    train(w, stopped, 0, 3);
    const optim::OptimizerState state = stopped.state();
    BOOST_CHECK_EQUAL(state.tensors[0].name, "ema.a");
    train(w, stopped, 3, 4);  // must not write into the state
    WeightAverage taken_up(w, options);
    taken_up.restore(state);
    BOOST_CHECK_EQUAL(taken_up.updates(), 3);
    train(w, taken_up, 3, 8);
    for (std::size_t i = 0; i < w.size(); ++i) {
      BOOST_CHECK(values_of(taken_up.averages()[i].value) ==
                  values_of(straight.averages()[i].value));
    }
  }
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_an_average) {
  const auto averaged = [](int count) {
    const int before = threads();
    set_threads(count);
    const std::vector<Parameter> w{{"a", leaf({100'000}, 1)}, {"b", leaf({0}, 1)}};
    WeightAverage average(w, {.decay = 0.9});
    train(w, average, 0, 3);
    set_threads(before);
    return values_of(average.averages()[0].value);
  };
  const std::vector<Real> one = averaged(1);
  BOOST_CHECK(one == averaged(2));
  BOOST_CHECK(one == averaged(4));
}

BOOST_AUTO_TEST_CASE(refusals) {
  const Tensor w = leaf({2}, 1);
  expect_throw<ValueError>(
      [&] {
        WeightAverage({{"w", w}}, {.decay = 1});
      },
      "[WeightAverage] decay must be in [0, 1), got 1");
  expect_throw<ValueError>(
      [&] {
        WeightAverage({{"a", w}, {"b", w}});
      },
      "[WeightAverage] 'a' and 'b' are the same tensor");
  WeightAverage average({{"w", w}});
  expect_throw<ValueError>(
      [&] {
        average.restore({2, {{"w", Tensor::ones({2})}}});
      },
      "[WeightAverage] the state has no 'ema.w'");
  expect_throw<ValueError>(
      [&] {
        average.restore({2, {{"ema.w", Tensor::ones({3})}}});
      },
      "[WeightAverage] the state's 'ema.w' is (3) and must be (2)");
  BOOST_CHECK_EQUAL(average.updates(), 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
