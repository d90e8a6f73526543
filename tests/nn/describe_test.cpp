// The table of a model with what a forward pass costs, and to whom it is charged.
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "nn/linear.h"
#include "nn/sequential.h"
#include "optim/sgd.h"

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

// Uses one weight in two pieces and the other one twice.
class Packed : public nn::Module {
 public:
  explicit Packed(Generator& rng)
      : both_(param("both", rng.normal({4, 2}))),
        unit_(child<GatedUnit>("unit", 2, 2, rng)),
        first_(child<nn::Linear>("first", Tensor::ones({2, 2}))),
        tied_(child<nn::Linear>("tied", first_.weight())) {}
  Tensor operator()(const Tensor& x) const {
    const Tensor halves =
        linear(x, slice(both_, 0, 0, 2), {}) + linear(x, slice(both_, 0, 2, 4), {});
    return unit_(tied_(first_(halves)));
  }

 private:
  Tensor both_;
  GatedUnit& unit_;
  nn::Linear& first_;
  nn::Linear& tied_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(describe)

BOOST_AUTO_TEST_CASE(costs_are_charged_to_layers) {
  Generator rng(1);
  const GatedUnit unit(3, 4, rng);
  const Tensor x = Tensor::ones({2, 3});
  // A linear layer: 2 * 4 * 3 multiply-adds; it reads 2 * 3 and 4 * 3 numbers and writes 2 * 4.
  BOOST_CHECK_EQUAL(
      unit.describe([&] { unit(x); }),
      "layer       kind       own parameters           total  multiply-adds  bytes\n"
      "(model)     GatedUnit                              32             48    736\n"
      "value       Linear     weight (4, 3), bias (4)     16             24    208\n"
      "gate        Linear     weight (4, 3), bias (4)     16             24    208\n"
      "(no layer)  multiply                                               0    192\n"
      "(no layer)  sigmoid                                                0    128\n");
}

// A piece of a weight is still the weight, and a shared one belongs to the layer that has it first.
BOOST_AUTO_TEST_CASE(pieces_and_shared_weights) {
  Generator rng(1);
  const Packed model(rng);
  const Tensor x = Tensor::ones({5, 2});
  BOOST_CHECK_EQUAL(
      model.describe([&] { model(x); }),
      "layer       kind       own parameters           total  multiply-adds  bytes\n"
      "(model)     Packed     both (4, 2)                 24            120   1792\n"
      "unit        GatedUnit                              12             40    384\n"
      "unit.value  Linear     weight (2, 2), bias (2)      6             20    192\n"
      "unit.gate   Linear     weight (2, 2), bias (2)      6             20    192\n"
      "first       Linear     weight (2, 2)                4             40    384\n"
      "tied        Linear     weight (2, 2)                4              0      0\n"
      "(no layer)  add                                                    0    240\n"
      "(no layer)  multiply                                               0    240\n"
      "(no layer)  sigmoid                                                0    160\n");
}

BOOST_AUTO_TEST_CASE(it_leaves_nothing_behind) {
  Generator rng(1);
  const GatedUnit unit(3, 4, rng);
  const Tensor x = Tensor::ones({2, 3});
  const Index before = live_nodes();
  const auto fails = [&] {
    unit(x);
    unit(Tensor::ones({2, 5}));
  };
  BOOST_CHECK_THROW(unit.describe(fails), ShapeError);
  unit.describe([&] { BOOST_TEST(!unit(x).requires_grad()); });
  BOOST_TEST(live_nodes() == before);
  BOOST_TEST(unit(x).requires_grad());
}

// An optimizer knows the parameters that there were when it was made.
BOOST_AUTO_TEST_CASE(parameters_that_no_optimizer_moves) {
  Generator rng(1);
  nn::Sequential model;
  model.add<nn::Linear>(3, 4, rng);
  const std::string alone = model.describe();
  {
    const optim::SGD optimizer(model.parameters(), {.lr = 0.1});
    BOOST_CHECK_EQUAL(model.describe(), alone);
    model.add<nn::Linear>(4, 2, rng);
    const std::string grown = model.describe();
    BOOST_TEST(grown.ends_with("\nmoved by no optimizer: 1.weight, 1.bias\n"), grown);
    BOOST_TEST(model.describe([&] { model(Tensor::ones({1, 3})); })
                   .ends_with("\nmoved by no optimizer: 1.weight, 1.bias\n"));
    const optim::SGD second({model.parameters()[2], model.parameters()[3]}, {.lr = 0.1});
    BOOST_TEST(model.describe().find("optimizer") == std::string::npos);
  }
  BOOST_TEST(model.describe().find("optimizer") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace heed_test
