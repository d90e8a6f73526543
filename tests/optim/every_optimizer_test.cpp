// What optim/optimizer.h promises of every optimizer, tried on each with all its options on. Their
// numbers: tests/golden/optim_test.cpp.
#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "autograd/memory.h"
#include "autograd/ops.h"
#include "autograd/random.h"
#include "autograd/threads.h"
#include "nn/module.h"
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

struct AdadeltaCase {
  using Type = optim::Adadelta;
  static optim::AdadeltaOptions options() {
    return {.lr = 0.5, .rho = 0.8, .eps = 1e-2, .weight_decay = 0.1};
  }
};
struct AdagradCase {
  using Type = optim::Adagrad;
  static optim::AdagradOptions options() {
    return {.lr = 0.5, .lr_decay = 0.01, .weight_decay = 0.1, .initial_accumulator = 0.1};
  }
};
struct AdamCase {
  using Type = optim::Adam;
  static optim::AdamOptions options() {
    return {.lr = 0.05, .beta2 = 0.98, .weight_decay = 0.1, .amsgrad = true};
  }
};
struct AdamaxCase {
  using Type = optim::Adamax;
  static optim::AdamaxOptions options() {
    return {.lr = 0.05, .beta2 = 0.9, .weight_decay = 0.1};
  }
};
struct AdamWCase {
  using Type = optim::AdamW;
  static optim::AdamWOptions options() {
    return {.lr = 0.05, .beta2 = 0.98, .weight_decay = 0.1, .amsgrad = true};
  }
};
struct LionCase {
  using Type = optim::Lion;
  static optim::LionOptions options() { return {.lr = 0.05, .weight_decay = 0.1}; }
};
struct NAdamCase {
  using Type = optim::NAdam;
  static optim::NAdamOptions options() {
    return {.lr = 0.05, .beta2 = 0.98, .weight_decay = 0.1, .momentum_decay = 0.1};
  }
};
struct RAdamCase {
  using Type = optim::RAdam;
  static optim::RAdamOptions options() {
    return {.lr = 0.05, .beta2 = 0.9, .weight_decay = 0.1, .decoupled_weight_decay = true};
  }
};
struct RMSpropCase {
  using Type = optim::RMSprop;
  static optim::RMSpropOptions options() {
    return {.lr = 0.01,
            .alpha = 0.9,
            .eps = 1e-3,
            .momentum = 0.5,
            .weight_decay = 0.1,
            .centered = true};
  }
};
struct SGDCase {
  using Type = optim::SGD;
  static optim::SGDOptions options() {
    return {.lr = 0.1, .momentum = 0.9, .dampening = 0.5, .weight_decay = 0.1};
  }
};
using All = std::tuple<AdadeltaCase, AdagradCase, AdamCase, AdamaxCase, AdamWCase, LionCase,
                       NAdamCase, RAdamCase, RMSpropCase, SGDCase>;

template <class Case>
typename Case::Type made(std::vector<Parameter> parameters,
                         std::vector<optim::ParameterGroup> groups = {}) {
  auto options = Case::options();
  options.groups = std::move(groups);
  return typename Case::Type(std::move(parameters), options);
}

// "a" has a gradient in every step, "late" from step 2 on; with "empty" and the scalar "one".
std::vector<Parameter> some_parameters() {
  Generator rng(1);
  std::vector<Parameter> all{{"a", rng.normal({3, 2})},
                             {"late", rng.normal({4})},
                             {"empty", Tensor::zeros({0, 5})},
                             {"one", Tensor::scalar(2)}};
  for (Parameter& parameter : all) parameter.value.require_grad();
  return all;
}

template <class Optimizer>
void run(Optimizer& optimizer, const std::vector<Parameter>& parameters, std::uint64_t from,
         std::uint64_t to) {
  for (std::uint64_t step = from; step < to; ++step) {
    Generator rng = Generator(5).stream(step);
    optimizer.zero_grad();
    for (const auto& [name, value] : parameters) {
      const Tensor gradient = rng.normal(value.shape());
      if (name != "late" || step >= 2) value.set_grad(gradient);
    }
    optimizer.step();
  }
}

std::vector<Real> all_values(const std::vector<Parameter>& parameters) {
  std::vector<Real> all;
  for (const Parameter& parameter : parameters) {
    const std::vector<Real> values = values_of(parameter.value);
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

BOOST_AUTO_TEST_SUITE(every_optimizer)

BOOST_AUTO_TEST_CASE_TEMPLATE(gradients_are_read_and_never_written, Case, All) {
  Generator rng(1);
  const Tensor w = leaf({5}, 1);
  const Tensor unused = leaf({2}, 3);
  auto optimizer = made<Case>({{"w", w}, {"unused", unused}});
  w.set_grad(rng.normal({5}));
  const std::vector<Real> before = values_of(w.grad());
  const std::uint64_t version = w.grad().version();
  optimizer.step();
  BOOST_CHECK(values_of(w.grad()) == before);
  BOOST_CHECK_EQUAL(w.grad().version(), version);
  for (const Real value : values_of(w)) BOOST_CHECK_NE(value, 1);
  BOOST_CHECK(values_of(unused) == std::vector<Real>(2, 3));  // no gradient: no decay either
  optimizer.zero_grad();
  BOOST_CHECK(!w.grad().defined());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(it_goes_downhill, Case, All) {
  const Tensor w = Tensor({3}, {2, -3, 1}).require_grad();
  const Tensor goal({3}, {1, -1, 0.5});
  auto optimizer = made<Case>({{"w", w}});
  const auto loss = [&] { return mean(square(w - goal)); };
  const Real before = loss().item();
  for (int step = 0; step < 200; ++step) {
    optimizer.zero_grad();
    loss().backward();
    optimizer.step();
  }
  BOOST_CHECK_LT(loss().item(), before / 10);
  BOOST_CHECK_EQUAL(optimizer.steps(), 200);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_raises_versions, Case, All) {
  const Tensor w = leaf({2}, 2);
  const Tensor loss = sum(square(w));
  auto optimizer = made<Case>({{"w", w}});
  w.set_grad(Tensor::ones({2}));
  optimizer.step();
  BOOST_CHECK_THROW(loss.backward(), GraphError);
}

// Many tiles: every element is stepped once, and the threads do not show.
BOOST_AUTO_TEST_CASE_TEMPLATE(threads_do_not_change_a_step, Case, All) {
  const std::vector<Index> sizes{7, 0, 100'000, 32'768, 1, 50'000};
  const auto stepped = [&](int count) {
    const int before = threads();
    set_threads(count);
    Generator rng(2);
    std::vector<Parameter> parameters;
    for (const Index size : sizes) {
      Tensor w = rng.normal({size});
      w.require_grad();
      w.set_grad(rng.normal({size}) + 0.1);
      parameters.push_back({fmt::format("w{}", parameters.size()), w});
    }
    auto optimizer = made<Case>(parameters);
    optimizer.step();
    optimizer.step();
    set_threads(before);
    return all_values(parameters);
  };
  const std::vector<Real> one = stepped(1);
  BOOST_CHECK(one == stepped(2));
  BOOST_CHECK(one == stepped(4));
  // Element by element the same as a parameter of one element.
  Generator rng(2);
  std::size_t first = 0;
  for (const Index size : sizes) {
    const Tensor w = rng.normal({size});
    const Tensor g = rng.normal({size}) + 0.1;
    for (Index i = 0; i < size; i += 1 + size / 7) {
      const Tensor alone = leaf({1}, w.data()[i]);
      alone.set_grad(Tensor::full({1}, g.data()[i]));
      auto optimizer = made<Case>({{"w", alone}});
      optimizer.step();
      optimizer.step();
      // Not to the bit: a vectorised loop may round its multiply-adds in another way.
      BOOST_REQUIRE_SMALL(one[first + static_cast<std::size_t>(i)] - alone.item(),
                          16 * std::numeric_limits<Real>::epsilon());
    }
    first += static_cast<std::size_t>(size);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_saved_state_goes_on_to_the_bit, Case, All) {
  // Interrupted before and after "late" has its first gradient.
  for (const std::uint64_t interrupted : {1u, 2u, 5u}) {
    const std::vector<Parameter> straight = some_parameters();
    auto optimizer = made<Case>(straight);
    run(optimizer, straight, 0, 10);

    const std::vector<Parameter> first = some_parameters();
    auto stopped = made<Case>(first);
    run(stopped, first, 0, interrupted);
    const optim::OptimizerState state = stopped.state();
    BOOST_CHECK_EQUAL(state.steps, interrupted);
    const std::vector<Parameter> second = some_parameters();
    for (std::size_t i = 0; i < second.size(); ++i) second[i].value.assign(first[i].value);
    run(stopped, first, interrupted, 10);  // must not write into the state

    // In another order: a state is named after the parameters.
    std::vector<Parameter> backwards(second.rbegin(), second.rend());
    auto taken_up = made<Case>(backwards);
    taken_up.restore(state);
    run(taken_up, second, interrupted, 10);
    BOOST_CHECK(all_values(second) == all_values(straight));
    BOOST_CHECK(all_values(taken_up.state().tensors) != all_values(state.tensors));
    BOOST_CHECK_EQUAL(taken_up.steps(), 10);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_state_outlives_a_change_of_groups, Case, All) {
  const std::vector<Parameter> first = some_parameters();
  auto plain = made<Case>(first);
  run(plain, first, 0, 4);
  const std::vector<Parameter> second = some_parameters();
  for (std::size_t i = 0; i < second.size(); ++i) second[i].value.assign(first[i].value);
  auto grouped = made<Case>(second, {{.holds = optim::named("one"), .lr_scale = 0}});
  grouped.restore(plain.state());
  run(plain, first, 4, 6);
  run(grouped, second, 4, 6);
  BOOST_CHECK(values_of(second[0].value) == values_of(first[0].value));
  BOOST_CHECK_EQUAL(second[1].value.data()[0], first[1].value.data()[0]);
  BOOST_CHECK_NE(second[3].value.item(), first[3].value.item());
}

// A NaN goes into its own weight for good, and into no other; so does what an infinity makes.
BOOST_AUTO_TEST_CASE_TEMPLATE(what_is_not_finite_stays_in_its_weight, Case, All) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  const Real infinity = std::numeric_limits<Real>::infinity();
  const auto stepped = [](Real bad) {
    const Tensor w = leaf({20}, 1);
    auto optimizer = made<Case>({{"w", w}});
    std::vector<Real> gradient(20, Real(0.5));
    gradient[7] = bad;
    w.set_grad(Tensor({20}, gradient));
    optimizer.step();
    w.set_grad(Tensor::full({20}, Real(0.25)));
    optimizer.step();
    return values_of(w);
  };
  const std::vector<Real> good = stepped(Real(0.5));
  for (const Real bad : {nan, infinity, -infinity}) {
    std::vector<Real> got = stepped(bad);
    if (std::isnan(bad)) BOOST_CHECK(std::isnan(got[7]));
    got[7] = good[7];
    BOOST_CHECK(got == good);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_rate_of_zero_moves_nothing, Case, All) {
  const std::vector<Parameter> parameters = some_parameters();
  const std::vector<Real> before = all_values(parameters);
  auto optimizer = made<Case>(parameters);
  optimizer.set_lr(0);
  BOOST_CHECK_EQUAL(optimizer.lr(), 0);
  run(optimizer, parameters, 0, 3);
  BOOST_CHECK(all_values(parameters) == before);
  BOOST_CHECK_THROW(optimizer.set_lr(-1), ValueError);
  BOOST_CHECK_THROW(optimizer.set_lr(std::nan("")), ValueError);
  BOOST_CHECK_EQUAL(optimizer.lr(), 0);
}

// Nothing that could fail half-way.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_step_asks_for_no_tensor_memory, Case, All) {
  const Tensor w = leaf({1000}, 1);
  auto optimizer = made<Case>({{"w", w}});
  w.set_grad(Tensor::ones({1000}));
  memory::fail_allocation(1);
  optimizer.step();
  BOOST_CHECK_THROW(Tensor::ones({1}), OutOfMemory);  // it was still armed
  memory::fail_allocation(0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_restore_that_fails_changes_nothing, Case, All) {
  const std::vector<Parameter> parameters = some_parameters();
  auto optimizer = made<Case>(parameters);
  run(optimizer, parameters, 0, 3);
  const optim::OptimizerState early = optimizer.state();
  run(optimizer, parameters, 3, 6);
  const std::vector<Real> late = all_values(optimizer.state().tensors);
  bool failed = true;
  for (std::uint64_t n = 1; failed; ++n) {
    memory::fail_allocation(n);
    try {
      optimizer.restore(early);
      failed = false;
    } catch (const OutOfMemory&) {
      memory::fail_allocation(0);
      BOOST_CHECK(all_values(optimizer.state().tensors) == late);
      BOOST_CHECK_EQUAL(optimizer.steps(), 6);
    }
    memory::fail_allocation(0);
    BOOST_REQUIRE_LT(n, 100u);
  }
  BOOST_CHECK(all_values(optimizer.state().tensors) == all_values(early.tensors));
  BOOST_CHECK_EQUAL(optimizer.steps(), 3);
}

class Tied : public nn::Module {
 public:
  Tied() : w_(param("w", Tensor::full({2}, 1))), again_(param("again", w_)) {}
  Tensor operator()(const Tensor& x) const { return sum(w_ * x) + sum(again_ * x); }

 private:
  Tensor w_;
  Tensor again_;
};

// A shared parameter is stepped once, along the sum of its gradients.
BOOST_AUTO_TEST_CASE_TEMPLATE(a_shared_parameter_is_one, Case, All) {
  Tied tied;
  auto optimizer = made<Case>(tied.parameters());
  const Tensor x({2}, {1, -2});
  tied(x).backward();
  optimizer.step();
  const Tensor w = leaf({2}, 1);
  auto plain = made<Case>({{"w", w}});
  w.set_grad(2 * x);
  plain.step();
  BOOST_CHECK_EQUAL(tied.parameters().size(), 1u);
  BOOST_CHECK(values_of(tied.parameters()[0].value) == values_of(w));
}

BOOST_AUTO_TEST_SUITE_END()

// The centered form divides by a standard deviation, which constant gradients bring to 0.
BOOST_AUTO_TEST_CASE(centered_rmsprop_stays_finite_on_constant_gradients) {
  const Tensor w = leaf({64}, 0);
  optim::RMSprop optimizer({{"w", w}}, {.alpha = 0.5, .eps = 1, .centered = true});
  Generator rng(3);
  const Tensor gradient = rng.normal({64});
  for (int step = 0; step < 200; ++step) {
    w.set_grad(gradient);
    optimizer.step();
  }
  const std::vector<Real> values = values_of(w);
  BOOST_CHECK(std::all_of(values.begin(), values.end(), [](Real x) { return std::isfinite(x); }));
}

}  // namespace
}  // namespace heed_test
