// What a Module promises: names, ownership, modes, seeds, and that a member by value is refused.
#include "nn/module.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <optional>
#include <thread>

#include "autograd/ops.h"
#include "nn/dropout.h"
#include "nn/linear.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

class GatedUnit : public nn::Module {
 public:
  GatedUnit(Index in, Index out, Generator& rng)
      : value_(child<nn::Linear>("value", in, out, rng)),
        gate_(child<nn::Linear>("gate", in, out, rng)) {}
  Tensor operator()(const Tensor& x) const { return value_(x) * sigmoid(gate_(x)); }

 private:
  nn::Linear& value_;
  nn::Linear& gate_;
};

class Stack : public nn::Module {
 public:
  explicit Stack(Generator& rng)
      : first_(child<GatedUnit>("first", 3, 4, rng)),
        layers_(children<nn::Linear>("layers", 2, 4, 4, rng)),
        scale_(param("scale", Tensor::ones({4}))),
        tied_(child<nn::Linear>("tied", layers_[0]->weight())),
        dropout_(child<nn::Dropout>("dropout", 0.5)) {}
  Tensor operator()(const Tensor& x) const {
    Tensor y = first_(x);
    for (const nn::Linear* layer : layers_) y = (*layer)(y);
    return dropout_(tied_(y * scale_));
  }

 private:
  GatedUnit& first_;
  std::vector<nn::Linear*> layers_;
  Tensor scale_;
  nn::Linear& tied_;
  nn::Dropout& dropout_;
};

std::vector<std::string> names_of(const nn::Module& module) {
  std::vector<std::string> names;
  for (const Parameter& parameter : module.parameters()) names.push_back(parameter.name);
  return names;
}

BOOST_AUTO_TEST_SUITE(module)

BOOST_AUTO_TEST_CASE(names_are_dotted_and_shared_weights_come_once) {
  Generator rng(1);
  const Stack stack(rng);
  const std::vector<std::string> expected{
      "scale",          "first.value.weight", "first.value.bias", "first.gate.weight",
      "first.gate.bias", "layers.0.weight",    "layers.0.bias",    "layers.1.weight",
      "layers.1.bias"};
  const std::vector<std::string> names = names_of(stack);
  BOOST_CHECK_EQUAL_COLLECTIONS(names.begin(), names.end(), expected.begin(), expected.end());
  BOOST_CHECK_EQUAL(stack.parameter_count(), 4 + 2 * (12 + 4) + 2 * (16 + 4));
}

BOOST_AUTO_TEST_CASE(every_parameter_gets_a_gradient) {
  Generator rng(1);
  Stack stack(rng);
  stack.eval();
  sum(stack(Tensor::ones({2, 3}))).backward();
  for (const Parameter& parameter : stack.parameters()) {
    BOOST_CHECK_MESSAGE(parameter.value.grad().defined(), parameter.name);
  }
}

BOOST_AUTO_TEST_CASE(modes_reach_every_child) {
  Generator rng(1);
  Stack stack(rng);
  int training = 0;
  const auto count = [&](const std::string&, const nn::Module& module) {
    training += module.training();
  };
  std::as_const(stack).visit(count);
  BOOST_CHECK_EQUAL(training, 8);
  stack.eval();
  training = 0;
  std::as_const(stack).visit(count);
  BOOST_CHECK_EQUAL(training, 0);
  stack.train();
  BOOST_CHECK(stack.training());
}

BOOST_AUTO_TEST_CASE(describe_is_a_table) {
  Generator rng(1);
  const GatedUnit unit(3, 4, rng);
  BOOST_CHECK_EQUAL(unit.describe(),
                    "layer    kind       own parameters           total\n"
                    "(model)  GatedUnit                              32\n"
                    "value    Linear     weight (4, 3), bias (4)     16\n"
                    "gate     Linear     weight (4, 3), bias (4)     16\n");
}

class Twice : public nn::Module {
 public:
  explicit Twice(Generator& rng) {
    child<nn::Linear>("a", 1, 1, rng);
    param("a", Tensor::ones({1}));
  }
};
class Nameless : public nn::Module {
 public:
  explicit Nameless(const std::string& name) { param(name, Tensor::ones({1})); }
};
class AdoptsNothing : public nn::Module {
 public:
  AdoptsNothing() { adopt("a", std::unique_ptr<nn::Linear>()); }
};

BOOST_AUTO_TEST_CASE(names_are_checked) {
  Generator rng(1);
  expect_throw<ValueError>([&] { Twice twice(rng); },
                           "[Module] the name 'a' is in use\n"
                           "hint: give each child and each param of a module a name of its own");
  for (const char* name : {"", ".a", "a.", "a b", "a\n"}) {
    BOOST_CHECK_THROW(Nameless{name}, ValueError);
  }
  expect_throw<ValueError>([] { AdoptsNothing nothing; },
                           "[Module] there is no module to adopt as 'a'");
}

class Watching : public nn::Module {
 public:
  explicit Watching(Generator& rng) : linear_(child<nn::Linear>("linear", 1, 1, rng)) {
    seen_ = buffer("seen", Tensor::zeros({3}));
  }
  void see() const { seen_.assign(Tensor::ones({3})); }

 private:
  nn::Linear& linear_;
  Tensor seen_;
};
class Watchers : public nn::Module {
 public:
  explicit Watchers(Generator& rng) : watchers(children<Watching>("watchers", 2, rng)) {}
  std::vector<Watching*> watchers;
};

BOOST_AUTO_TEST_CASE(buffers_stand_beside_the_parameters) {
  Generator rng(1);
  const Watchers model(rng);
  BOOST_CHECK_EQUAL(names_of(model).size(), 4u);
  BOOST_CHECK_EQUAL(model.parameter_count(), 4);
  const std::vector<Parameter> buffers = model.buffers();
  BOOST_REQUIRE_EQUAL(buffers.size(), 2u);
  BOOST_CHECK_EQUAL(buffers[0].name, "watchers.0.seen");
  BOOST_CHECK_EQUAL(buffers[1].name, "watchers.1.seen");
  BOOST_CHECK(!buffers[0].value.requires_grad());
  model.watchers[1]->see();
  BOOST_CHECK_EQUAL(buffers[0].value.data()[2], 0);
  BOOST_CHECK_EQUAL(buffers[1].value.data()[2], 1);
  const std::vector<Parameter> state = model.state();
  BOOST_REQUIRE_EQUAL(state.size(), 6u);
  BOOST_CHECK_EQUAL(state[0].name, "watchers.0.linear.weight");
  BOOST_CHECK_EQUAL(state[5].name, "watchers.1.seen");
}

class Doubled : public nn::Module {
 public:
  Doubled() {
    buffer("a", Tensor::ones({1}));
    param("a", Tensor::ones({1}));
  }
};
class Trained : public nn::Module {
 public:
  Trained() { buffer("a", Tensor::ones({1}).require_grad()); }
};

BOOST_AUTO_TEST_CASE(buffers_are_checked) {
  BOOST_CHECK_THROW(Doubled{}, ValueError);
  expect_throw<GraphError>([] { Trained trained; },
                           "[Module] the buffer 'a' must not want a gradient\n"
                           "hint: what an optimizer should train is a param()");
}

BOOST_AUTO_TEST_CASE(a_computed_tensor_is_no_parameter) {
  class Computed : public nn::Module {
   public:
    explicit Computed(const Tensor& x) { param("x", x * 2); }
  };
  const Tensor leaf = Tensor::ones({1}).require_grad();
  BOOST_CHECK_THROW(Computed{leaf}, GraphError);
}

// ---- held by value ------------------------------------------------------------------------------

class HoldsLinear : public nn::Module {
 public:
  explicit HoldsLinear(Generator& rng)
      : before_(child<nn::Linear>("a", 2, 2, rng)), linear_(2, 2, rng) {}
  nn::Linear& before_;
  double other_ = 0;
  nn::Linear linear_;
};
class HoldsOptional : public nn::Module {
 public:
  void fill(Generator& rng) { linear_.emplace(2, 2, rng); }
  std::optional<nn::Linear> linear_;
};
class Derived : public GatedUnit {
 public:
  explicit Derived(Generator& rng) : GatedUnit(2, 2, rng), linear_(2, 2, rng) {}
  nn::Linear linear_;
};
class Parent : public nn::Module {
 public:
  explicit Parent(Generator& rng) { child<HoldsLinear>("held", rng); }
};

const char* const refusal =
    "[Module] HoldsLinear holds a module by value: its parameters would not be found\n"
    "hint: hold a reference and let child() build it: nn::Linear& linear_; in the class, and "
    "linear_(child<nn::Linear>(\"linear\", ...)) in the constructor";

BOOST_AUTO_TEST_CASE(by_value_is_refused_wherever_the_owner_lives) {
  Generator rng(1);
  // On the heap in the constructor, elsewhere at the first use.
  expect_throw<GraphError>([&] { std::make_unique<HoldsLinear>(rng); }, refusal);
  expect_throw<GraphError>([&] { Parent parent(rng); }, refusal);
  expect_throw<GraphError>([&] { HoldsLinear(rng).parameters(); }, refusal);
  expect_throw<GraphError>([&] { HoldsLinear(rng).eval(); }, refusal);
  expect_throw<GraphError>([&] { std::make_shared<HoldsLinear>(rng)->describe(); }, refusal);
  std::optional<HoldsLinear> optional;
  optional.emplace(rng);
  expect_throw<GraphError>([&] { optional->parameter_count(); }, refusal);
}

BOOST_AUTO_TEST_CASE(by_value_is_refused_in_other_ways_to_hold) {
  Generator rng(1);
  BOOST_CHECK_THROW(Derived{rng}.parameters(), GraphError);
  BOOST_CHECK_THROW(std::make_unique<Derived>(rng), GraphError);
  HoldsOptional later;
  later.fill(rng);
  BOOST_CHECK_THROW(later.parameters(), GraphError);
  BOOST_CHECK_THROW(std::make_unique<HoldsOptional>()->fill(rng), GraphError);
}

// A base class that cannot stand alone, and builds a part of its own.
class Around : public nn::Module {
 public:
  explicit Around(Generator& rng) : inner_(child<nn::Linear>("inner", 2, 2, rng)) {}
  virtual Tensor run(const Tensor& x) const = 0;

 protected:
  nn::Linear& inner_;
};
class Through : public Around {
 public:
  explicit Through(Generator& rng) : Around(rng), outer_(child<nn::Linear>("outer", 2, 2, rng)) {}
  Tensor run(const Tensor& x) const override { return outer_(inner_(x)); }

 private:
  nn::Linear& outer_;
};
class HoldsBelowAbstract : public Around {
 public:
  explicit HoldsBelowAbstract(Generator& rng) : Around(rng), linear_(2, 2, rng) {}
  Tensor run(const Tensor& x) const override { return linear_(x); }
  nn::Linear linear_;
};

class AbstractHolder : public nn::Module {
 public:
  explicit AbstractHolder(Generator& rng) : linear_(2, 2, rng) { nn::Linear local(1, 1, rng); }
  virtual void run() const = 0;
  nn::Linear linear_;
};
class HoldsAndIsAbstract : public AbstractHolder {
 public:
  using AbstractHolder::AbstractHolder;
  void run() const override {}
};

BOOST_AUTO_TEST_CASE(an_abstract_base_may_build_children) {
  Generator rng(1);
  const Through local(rng);
  BOOST_CHECK_EQUAL(names_of(local).size(), 4u);
  BOOST_CHECK_EQUAL(std::make_unique<Through>(rng)->parameter_count(), 12);
  BOOST_CHECK_EQUAL(std::make_shared<Through>(rng)->parameter_count(), 12);
  BOOST_CHECK_THROW(HoldsBelowAbstract{rng}.parameters(), GraphError);
  BOOST_CHECK_THROW(std::make_unique<HoldsBelowAbstract>(rng), GraphError);
  BOOST_CHECK_THROW(HoldsAndIsAbstract{rng}.parameters(), GraphError);
}

class UsesTemporary : public nn::Module {
 public:
  explicit UsesTemporary(Generator& rng) : weight_(child<nn::Linear>("a", 2, 2, rng)) {
    const nn::Linear local(2, 2, rng);
    const auto heap = std::make_unique<nn::Linear>(2, 2, rng);
    adopt("b", std::make_unique<nn::Linear>(2, 2, rng));
  }
  nn::Linear& weight_;
};

BOOST_AUTO_TEST_CASE(no_false_alarm) {
  Generator rng(1);
  const nn::Linear a(2, 2, rng);
  const GatedUnit b(2, 2, rng);
  const nn::Linear c(2, 2, rng);
  UsesTemporary uses(rng);
  const std::array<UsesTemporary, 2> neighbours{UsesTemporary(rng), UsesTemporary(rng)};
  std::vector<std::unique_ptr<nn::Module>> many;
  for (int i = 0; i < 50; ++i) many.push_back(std::make_unique<UsesTemporary>(rng));
  std::optional<GatedUnit> optional;
  optional.emplace(2, 2, rng);
  BOOST_CHECK_EQUAL(names_of(a).size(), 2u);
  BOOST_CHECK_EQUAL(names_of(b).size(), 4u);
  BOOST_CHECK_EQUAL(names_of(uses).size(), 4u);
  BOOST_CHECK_EQUAL(names_of(neighbours[0]).size(), 4u);
  BOOST_CHECK_EQUAL(names_of(neighbours[1]).size(), 4u);
  BOOST_CHECK_EQUAL(names_of(*optional).size(), 4u);
  for (const auto& one : many) BOOST_CHECK_EQUAL(names_of(*one).size(), 4u);
}

// Memory that was a module's may hold another one that did not come through Module's operator new.
BOOST_AUTO_TEST_CASE(memory_may_be_used_again) {
  for (int turn = 0; turn < 10; ++turn) {
    std::make_unique<nn::Dropout>(0.5).reset();
    const std::unique_ptr<std::optional<nn::Dropout>> again(new std::optional<nn::Dropout>());
    BOOST_CHECK_NO_THROW(again->emplace(0.5));
  }
}

BOOST_AUTO_TEST_CASE(modules_may_be_built_and_dropped_by_several_threads) {
  std::vector<std::unique_ptr<nn::Module>> made(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < made.size(); ++i) {
    threads.emplace_back([&made, i] {
      for (int turn = 0; turn < 20; ++turn) made[i] = std::make_unique<nn::Dropout>(0.5);
    });
  }
  for (std::thread& thread : threads) thread.join();
  made.clear();
  Generator rng(1);
  BOOST_CHECK_THROW(HoldsLinear{rng}.parameters(), GraphError);
}

// ---- random streams -----------------------------------------------------------------------------

std::vector<Real> drawn(nn::Module& model, const nn::Dropout& dropout, std::uint64_t seed,
                        std::uint64_t step) {
  model.seed_draws(seed, step);
  const Tensor y = dropout(Tensor::ones({64}));
  return {y.values().begin(), y.values().end()};
}

class TwoDropouts : public nn::Module {
 public:
  TwoDropouts() : a_(child<nn::Dropout>("a", 0.5)), b_(child<nn::Dropout>("b", 0.5)) {}
  nn::Dropout& a_;
  nn::Dropout& b_;
};

BOOST_AUTO_TEST_CASE(draws_are_a_function_of_seed_path_and_step) {
  TwoDropouts model;
  const std::vector<Real> first = drawn(model, model.a_, 1, 1);
  BOOST_CHECK(first == drawn(model, model.a_, 1, 1));
  BOOST_CHECK(first != drawn(model, model.a_, 1, 2));
  BOOST_CHECK(first != drawn(model, model.a_, 2, 1));
  BOOST_CHECK(first != drawn(model, model.b_, 1, 1));
  TwoDropouts resumed;
  BOOST_CHECK(first == drawn(resumed, resumed.a_, 1, 1));
  const Tensor again = resumed.a_(Tensor::ones({64}));  // the second call of one step draws anew
  BOOST_CHECK(first != std::vector<Real>(again.values().begin(), again.values().end()));
}

BOOST_AUTO_TEST_CASE(drawing_without_a_seed_is_refused) {
  const nn::Dropout dropout(0.5);
  expect_throw<ValueError>(
      [&] { dropout(Tensor::ones({2})); },
      "[Module] a layer draws random numbers, and the model has no seed for them\n"
      "hint: call model.seed_draws(seed, step) before each training step, or model.eval()");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
