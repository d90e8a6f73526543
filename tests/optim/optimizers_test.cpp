// Optimizers beside the golden files: what they leave alone, what they refuse, what they save.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "autograd/threads.h"
#include "optim/adamw.h"
#include "optim/clip.h"
#include "optim/schedule.h"
#include "optim/sgd.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

Tensor leaf(const Shape& shape, Real value) {
  return Tensor::full(shape, value).require_grad();
}
std::vector<Real> values_of(const Tensor& x) { return {x.values().begin(), x.values().end()}; }

BOOST_AUTO_TEST_SUITE(optimizers)

BOOST_AUTO_TEST_CASE(gradients_are_read_and_never_written) {
  Generator rng(1);
  const Tensor w = leaf({5}, 1);
  const Tensor unused = leaf({2}, 3);
  const std::vector<Parameter> parameters{{"w", w}, {"unused", unused}};
  optim::AdamW adamw(parameters, {.weight_decay = 0.1});
  optim::SGD sgd(parameters, {.lr = 0.1, .momentum = 0.9, .weight_decay = 0.1});
  w.set_grad(rng.normal({5}));
  const std::vector<Real> before = values_of(w.grad());
  const std::uint64_t version = w.grad().version();
  adamw.step();
  sgd.step();
  BOOST_CHECK(values_of(w.grad()) == before);
  BOOST_CHECK_EQUAL(w.grad().version(), version);
  BOOST_CHECK(values_of(w) != std::vector<Real>(5, 1));
  BOOST_CHECK(values_of(unused) == std::vector<Real>(2, 3));  // no gradient: no decay either
  adamw.zero_grad();
  const bool zero = !w.grad().defined() || values_of(w.grad()) == std::vector<Real>(5, 0);
  BOOST_CHECK(zero);
}

BOOST_AUTO_TEST_CASE(decay_can_be_kept_to_matrices) {
  const Tensor matrix = leaf({2, 2}, 1);
  const Tensor vector = leaf({2}, 1);
  optim::AdamW optimizer({{"matrix", matrix}, {"vector", vector}},
                         {.lr = 0.5, .weight_decay = 0.5, .decays = optim::is_matrix});
  matrix.set_grad(Tensor::zeros({2, 2}));
  vector.set_grad(Tensor::zeros({2}));
  optimizer.step();
  BOOST_CHECK(values_of(matrix) == std::vector<Real>(4, Real(0.75)));
  BOOST_CHECK(values_of(vector) == std::vector<Real>(2, 1));
}

BOOST_AUTO_TEST_CASE(a_step_raises_versions) {
  const Tensor w = leaf({2}, 2);
  const Tensor loss = sum(square(w));
  optim::SGD optimizer({{"w", w}});
  w.set_grad(Tensor::ones({2}));
  optimizer.step();
  BOOST_CHECK_THROW(loss.backward(), GraphError);
}

// Many tiles: every element is stepped once, and the threads do not show.
BOOST_AUTO_TEST_CASE(threads_do_not_change_a_step) {
  const auto stepped = [](int count) {
    const int before = threads();
    set_threads(count);
    Generator rng(2);
    std::vector<Parameter> parameters;
    for (const Index size : {7, 0, 100'000, 32'768, 1, 50'000}) {
      Tensor w = rng.normal({size});
      w.require_grad();
      w.set_grad(rng.normal({size}));
      parameters.push_back({fmt::format("w{}", parameters.size()), w});
    }
    optim::AdamW optimizer(parameters, {.lr = 0.1});
    optimizer.step();
    std::vector<Real> all;
    for (const Parameter& p : parameters) {
      const std::vector<Real> values = values_of(p.value);
      all.insert(all.end(), values.begin(), values.end());
    }
    set_threads(before);
    return all;
  };
  const std::vector<Real> one = stepped(1);
  BOOST_CHECK(one == stepped(2));
  BOOST_CHECK(one == stepped(4));
  // The first step of Adam moves every weight by lr against the sign of its gradient.
  Generator rng(2);
  std::size_t at = 0;
  for (const Index size : {7, 0, 100'000, 32'768, 1, 50'000}) {
    const Tensor w = rng.normal({size});
    const Tensor g = rng.normal({size});
    for (Index i = 0; i < size; ++i, ++at) {
      const double expected = w.data()[i] * (1 - 0.1 * 0.01) - std::copysign(0.1, g.data()[i]);
      if (std::abs(g.data()[i]) < 1e-3) continue;  // there eps shows
      BOOST_REQUIRE_SMALL(one[at] - expected, 1e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(state_is_a_copy_and_comes_back) {
  const Tensor w = leaf({2}, 1);
  optim::AdamW optimizer({{"w", w}});
  w.set_grad(Tensor({2}, {1, -2}));
  optimizer.step();
  const optim::OptimizerState state = optimizer.state();
  BOOST_CHECK_EQUAL(state.steps, 1);
  BOOST_REQUIRE_EQUAL(state.tensors.size(), 2u);
  BOOST_CHECK_EQUAL(state.tensors[0].name, "exp_avg.w");
  BOOST_CHECK_EQUAL(state.tensors[1].name, "exp_avg_sq.w");
  const std::vector<Real> saved = values_of(state.tensors[0].value);
  optimizer.step();
  BOOST_CHECK(values_of(state.tensors[0].value) == saved);
  BOOST_CHECK(values_of(optimizer.state().tensors[0].value) != saved);
  optimizer.restore(state);
  BOOST_CHECK(values_of(optimizer.state().tensors[0].value) == saved);
  BOOST_CHECK_EQUAL(optimizer.steps(), 1);
}

BOOST_AUTO_TEST_CASE(a_state_that_does_not_fit_is_refused_whole) {
  const Tensor w = leaf({2}, 1);
  optim::AdamW optimizer({{"w", w}});
  const auto restore = [&](std::vector<Parameter> tensors, std::int64_t steps = 3) {
    optimizer.restore({steps, std::move(tensors)});
  };
  const Parameter m{"exp_avg.w", Tensor::ones({2})};
  const Parameter v{"exp_avg_sq.w", Tensor::ones({2})};
  expect_throw<ValueError>([&] { restore({m}); }, "[AdamW] the state has no 'exp_avg_sq.w'");
  expect_throw<ValueError>([&] { restore({m, v, {"x", Tensor::ones({1})}}); },
                           "[AdamW] the state has an unexpected 'x'");
  expect_throw<ValueError>([&] { restore({m, v, m}); },
                           "[AdamW] the state has an unexpected 'exp_avg.w'");
  expect_throw<ValueError>([&] { restore({m, {"exp_avg_sq.w", Tensor::ones({3})}}); },
                           "[AdamW] the state's 'exp_avg_sq.w' is (3) and must be (2)");
  expect_throw<ValueError>([&] { restore({m, v}, -1); }, "[AdamW] a state of -1 steps");
  BOOST_CHECK(values_of(optimizer.state().tensors[0].value) == std::vector<Real>(2, 0));
  BOOST_CHECK_EQUAL(optimizer.steps(), 0);
}

BOOST_AUTO_TEST_CASE(refusals) {
  const Tensor w = leaf({2}, 1);
  expect_throw<ValueError>([&] { optim::AdamW({{"w", w}, {"w", leaf({1}, 1)}}); },
                           "[AdamW] two parameters are called 'w'");
  expect_throw<ValueError>([&] { optim::SGD({{"a", w}, {"b", w}}); },
                           "[SGD] 'a' and 'b' are the same tensor");
  expect_throw<ValueError>([&] { optim::SGD({{"w", Tensor::ones({1})}}); },
                           "[SGD] 'w' is not a leaf that wants a gradient\n"
                           "hint: pass model.parameters()");
  BOOST_CHECK_THROW(optim::SGD({{"w", w * 2}}), ValueError);
  expect_throw<ValueError>([&] { optim::AdamW({{"w", w}}, {.beta1 = 1}); },
                           "[AdamW] beta1 must be in [0, 1), got 1");
  expect_throw<ValueError>([&] { optim::AdamW({{"w", w}}, {.lr = std::nan("")}); },
                           "[AdamW] lr must be >= 0, got nan");
  expect_throw<ValueError>([&] { optim::SGD({{"w", w}}, {.nesterov = true}); },
                           "[SGD] nesterov needs a momentum and no dampening, got 0 and 0");
  expect_throw<ValueError>([&] { optim::SGD({{"w", w}}, {.momentum = -1}); },
                           "[SGD] momentum must be >= 0, got -1");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(clipping)

BOOST_AUTO_TEST_CASE(a_short_gradient_is_left_alone) {
  const Tensor w = leaf({2}, 1);
  w.set_grad(Tensor({2}, {3, 4}));
  BOOST_CHECK_EQUAL(optim::clip_by_norm({{"w", w}, {"no gradient", leaf({1}, 1)}}, 5.1), 5);
  BOOST_CHECK(values_of(w.grad()) == (std::vector<Real>{3, 4}));
  BOOST_CHECK_EQUAL(optim::clip_by_norm({{"w", w}}, 1), 5);
  BOOST_CHECK_CLOSE(static_cast<double>(w.grad().values()[1]), 4 / 5.000001, 1e-4);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_named_and_nothing_is_changed) {
  const Tensor a = leaf({20}, 1);
  const Tensor b = leaf({3}, 1);
  a.set_grad(Tensor::full({20}, 9));
  for (const Real bad : {std::numeric_limits<Real>::quiet_NaN(),
                         -std::numeric_limits<Real>::infinity()}) {
    b.set_grad(Tensor({3}, {1, bad, 1}));
    expect_throw_with<NonFiniteError>([&] { optim::clip_by_norm({{"a", a}, {"b", b}}, 1); },
                                      "[clip_by_norm] the gradient of b is not finite");
    BOOST_CHECK(values_of(a.grad()) == std::vector<Real>(20, 9));
  }
  expect_throw<ValueError>([] { optim::clip_by_norm({}, 0); },
                           "[clip_by_norm] max_norm must be above 0, got 0");
}

BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE(schedule)

BOOST_AUTO_TEST_CASE(rises_falls_and_stays) {
  const optim::WarmupCosineOptions options{.peak = 1, .floor = 0.1, .warmup = 4, .total = 12};
  const auto at = [&](std::int64_t step) { return optim::warmup_cosine(step, options); };
  BOOST_CHECK_EQUAL(at(0), 0.2);
  BOOST_CHECK_EQUAL(at(3), 0.8);
  BOOST_CHECK_EQUAL(at(4), 1);
  BOOST_CHECK_CLOSE(at(8), 0.55, 1e-10);
  BOOST_CHECK_EQUAL(at(12), 0.1);
  BOOST_CHECK_EQUAL(at(1000), 0.1);
  for (std::int64_t step = 4; step < 12; ++step) BOOST_CHECK_LT(at(step + 1), at(step));
  BOOST_CHECK_EQUAL(optim::warmup_cosine(0, {.peak = 1, .floor = 1, .total = 0}), 1);
}

BOOST_AUTO_TEST_CASE(refusals) {
  BOOST_CHECK_THROW(optim::warmup_cosine(-1, {.total = 1}), ValueError);
  BOOST_CHECK_THROW(optim::warmup_cosine(0, {.warmup = 2, .total = 1}), ValueError);
  BOOST_CHECK_THROW(optim::warmup_cosine(0, {.peak = 1, .floor = 2}), ValueError);
  BOOST_CHECK_THROW(optim::warmup_cosine(0, {.peak = std::nan("")}), ValueError);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
