// What optimizers refuse, in which words.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "optim/adadelta.h"
#include "optim/adagrad.h"
#include "optim/adam.h"
#include "optim/adamax.h"
#include "optim/adamw.h"
#include "optim/lion.h"
#include "optim/nadam.h"
#include "optim/radam.h"
#include "optim/rmsprop.h"
#include "optim/sgd.h"
#include "tests/nn/throws.h"
#include "tests/optim/leaves.h"

namespace heed_test {
namespace {

using namespace heed;

BOOST_AUTO_TEST_SUITE(optimizer_refusals)

BOOST_AUTO_TEST_CASE(parameters) {
  const Tensor w = leaf({2}, 1);
  expect_throw<ValueError>(
      [&] {
        optim::AdamW({{"w", w}, {"w", leaf({1}, 1)}});
      },
      "[AdamW] two parameters are called 'w'");
  expect_throw<ValueError>(
      [&] {
        optim::SGD({{"a", w}, {"b", w}});
      },
      "[SGD] 'a' and 'b' are the same tensor");
  expect_throw<ValueError>(
      [&] {
        optim::SGD({{"w", Tensor::ones({1})}});
      },
      "[SGD] 'w' is not a leaf that wants a gradient\n"
      "hint: pass model.parameters()");
  BOOST_CHECK_THROW(optim::SGD({{"w", w * 2}}), ValueError);
  expect_throw<ValueError>([] { optim::Lion(std::vector<Parameter>{}); },
                           "[Lion] there are no parameters to train\n"
                           "hint: pass model.parameters(), of a model that has some");
}

BOOST_AUTO_TEST_CASE(options) {
  const std::vector<Parameter> w{{"w", leaf({2}, 1)}};
  expect_throw<ValueError>([&] { optim::AdamW(w, {.beta1 = 1}); },
                           "[AdamW] beta1 must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::AdamW(w, {.lr = std::nan("")}); },
                           "[AdamW] lr must be >= 0, got nan");
  expect_throw<ValueError>([&] { optim::AdamW(w, {.weight_decay = -1}); },
                           "[AdamW] weight_decay must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Adam(w, {.beta2 = -0.5}); },
                           "[Adam] beta2 must be in [0, 1), got -0.5");
  expect_throw<ValueError>([&] { optim::Adam(w, {.eps = -1}); }, "[Adam] eps must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::RMSprop(w, {.alpha = 1}); },
                           "[RMSprop] alpha must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::RMSprop(w, {.momentum = -1}); },
                           "[RMSprop] momentum must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::RMSprop(w, {.eps = -1}); },
                           "[RMSprop] eps must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Adagrad(w, {.lr_decay = -1}); },
                           "[Adagrad] lr_decay must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Adagrad(w, {.initial_accumulator = -1}); },
                           "[Adagrad] initial_accumulator must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Adagrad(w, {.eps = -1}); },
                           "[Adagrad] eps must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Adadelta(w, {.rho = 1}); },
                           "[Adadelta] rho must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::Adadelta(w, {.eps = -1}); },
                           "[Adadelta] eps must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Adamax(w, {.beta2 = 1}); },
                           "[Adamax] beta2 must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::NAdam(w, {.beta1 = 1}); },
                           "[NAdam] beta1 must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::NAdam(w, {.momentum_decay = -1}); },
                           "[NAdam] momentum_decay must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::RAdam(w, {.eps = -1}); },
                           "[RAdam] eps must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::Lion(w, {.beta1 = 1}); },
                           "[Lion] beta1 must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::Lion(w, {.beta2 = 1}); },
                           "[Lion] beta2 must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::SGD(w, {.momentum = -1}); },
                           "[SGD] momentum must be >= 0, got -1");
  expect_throw<ValueError>([&] { optim::SGD(w, {.dampening = std::nan("")}); },
                           "[SGD] dampening must be finite, got nan");
  expect_throw<ValueError>([&] { optim::SGD(w, {.nesterov = true}); },
                           "[SGD] nesterov needs a momentum and no dampening, got 0 and 0");
  expect_throw<ValueError>(
      [&] { optim::SGD(w, {.momentum = 0.9, .dampening = 0.1, .nesterov = true}); },
      "[SGD] nesterov needs a momentum and no dampening, got 0.9 and 0.1");
}

BOOST_AUTO_TEST_CASE(a_state_that_does_not_fit_is_refused_whole) {
  const Tensor w = leaf({2}, 1);
  optim::AdamW optimizer({{"w", w}});
  const auto restore = [&](std::vector<Parameter> tensors, std::int64_t steps = 3) {
    optimizer.restore({steps, std::move(tensors)});
  };
  const Parameter t{"step.w", Tensor::scalar(3)};
  const Parameter m{"exp_avg.w", Tensor::ones({2})};
  const Parameter v{"exp_avg_sq.w", Tensor::ones({2})};
  expect_throw<ValueError>([&] { restore({t, m}); }, "[AdamW] the state has no 'exp_avg_sq.w'");
  expect_throw<ValueError>([&] { restore({m, v}); }, "[AdamW] the state has no 'step.w'");
  expect_throw<ValueError>(
      [&] {
        restore({t, m, v, {"x", Tensor::ones({1})}});
      },
      "[AdamW] the state has an unexpected 'x'");
  expect_throw<ValueError>(
      [&] {
        restore({t, m, v, m});
      },
      "[AdamW] the state has an unexpected 'exp_avg.w'");
  expect_throw<ValueError>(
      [&] {
        restore({t, m, {"exp_avg_sq.w", Tensor::ones({3})}});
      },
      "[AdamW] the state's 'exp_avg_sq.w' is (3) and must be (2)");
  expect_throw<ValueError>([&] { restore({t, m, v}, -1); }, "[AdamW] a state of -1 steps");
  expect_throw<ValueError>(
      [&] {
        restore({{"step.w", Tensor::scalar(Real(0.5))}, m, v});
      },
      "[AdamW] the state's 'step.w' must be a whole number >= 0, got 0.5");
  const Real infinity = std::numeric_limits<Real>::infinity();
  for (const Real bad : {Real(-1), infinity, -infinity, infinity - infinity}) {
    BOOST_CHECK_THROW(restore({{"step.w", Tensor::scalar(bad)}, m, v}), ValueError);
  }
  for (const Parameter& tensor : optimizer.state().tensors) {
    for (const Real value : tensor.value.values()) BOOST_CHECK_EQUAL(value, 0);
  }
  BOOST_CHECK_EQUAL(optimizer.steps(), 0);
  restore({v, m, t});  // in any order
  BOOST_CHECK_EQUAL(optimizer.steps(), 3);
}

BOOST_AUTO_TEST_CASE(the_names_of_a_state) {
  const auto names = [](const optim::OptimizerState& state) {
    std::string all;
    for (const Parameter& tensor : state.tensors) all += tensor.name + ' ';
    return all;
  };
  const std::vector<Parameter> w{{"w", leaf({2}, 1)}, {"b", leaf({1}, 1)}};
  BOOST_CHECK_EQUAL(names(optim::SGD(w).state()), "step.w step.b ");
  BOOST_CHECK_EQUAL(names(optim::SGD(w, {.momentum = 0.9}).state()),
                    "step.w step.b momentum_buffer.w momentum_buffer.b ");
  BOOST_CHECK_EQUAL(names(optim::AdamW(w).state()),
                    "step.w step.b exp_avg.w exp_avg.b exp_avg_sq.w exp_avg_sq.b ");
  BOOST_CHECK_EQUAL(names(optim::Adadelta(w).state()),
                    "step.w step.b square_avg.w square_avg.b acc_delta.w acc_delta.b ");
  BOOST_CHECK_EQUAL(names(optim::Adamax(w).state()),
                    "step.w step.b exp_avg.w exp_avg.b exp_inf.w exp_inf.b ");
  BOOST_CHECK_EQUAL(names(optim::NAdam(w).state()), names(optim::AdamW(w).state()));
  BOOST_CHECK_EQUAL(names(optim::RAdam(w).state()), names(optim::AdamW(w).state()));
  BOOST_CHECK_EQUAL(names(optim::Lion(w).state()), "step.w step.b exp_avg.w exp_avg.b ");
  BOOST_CHECK_EQUAL(names(optim::RMSprop(w, {.momentum = 0.9}).state()),
                    "step.w step.b square_avg.w square_avg.b momentum_buffer.w momentum_buffer.b ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
