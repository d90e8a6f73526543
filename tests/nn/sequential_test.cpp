// Sequential: calls in order, and owns what it calls.
#include "nn/sequential.h"

#include <boost/test/unit_test.hpp>

#include "autograd/gradcheck.h"
#include "autograd/ops.h"
#include "nn/conv.h"
#include "nn/dropout.h"
#include "nn/glu.h"
#include "nn/group_norm.h"
#include "nn/instance_norm.h"
#include "nn/layer_norm.h"
#include "nn/linear.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

using namespace heed;

class Owner : public nn::Module {
 public:
  explicit Owner(Generator& rng)
      : net_(child<nn::Sequential>("net")
                 .add<nn::Linear>(3, 5, rng)
                 .add(relu)
                 .add<nn::Dropout>(0.5)
                 .add<nn::Linear>(5, 2, rng)) {}
  Tensor operator()(const Tensor& x) const { return net_(x); }

 private:
  nn::Sequential& net_;
};

// Options in braces after one to four other arguments.
class Braces : public nn::Module {
 public:
  explicit Braces(Generator& rng) {
    child<nn::LayerNorm>("one", 3, {.bias = false});
    child<nn::GroupNorm>("two", 2, 4, {.affine = false});
    child<nn::Linear>("three", 3, 2, rng, {.bias = false});
    child<nn::Conv1d>("four", 3, 2, 1, rng, {.bias = false});
  }
};

std::string names_of(const nn::Module& module) {
  std::string names;
  for (const Parameter& parameter : module.parameters()) names += parameter.name + ' ';
  return names;
}

BOOST_AUTO_TEST_SUITE(sequential)

BOOST_AUTO_TEST_CASE(calls_in_order_under_the_names_of_pytorch) {
  Generator rng(1);
  Owner owner(rng);
  owner.eval();
  const std::vector<Parameter> p = owner.parameters();
  BOOST_REQUIRE_EQUAL(p.size(), 4u);
  BOOST_CHECK_EQUAL(p[0].name, "net.0.weight");
  BOOST_CHECK_EQUAL(p[3].name, "net.3.bias");
  const Tensor x = rng.normal({4, 3});
  const Tensor expected = linear(relu(linear(x, p[0].value, p[1].value)), p[2].value, p[3].value);
  const Tensor y = owner(x);
  BOOST_CHECK(y.shape() == Shape({4, 2}));
  for (Index i = 0; i < y.size(); ++i) BOOST_CHECK_EQUAL(y.data()[i], expected.data()[i]);
}

BOOST_AUTO_TEST_CASE(training_mode_and_draws_reach_what_it_owns) {
  nn::Sequential net;
  net.add<nn::Dropout>(0.5);
  const Tensor x = Tensor::ones({1000});
  net.seed_draws(1, 1);
  const double dropped = 1000 - sum(net(x) * 0.5).item();
  BOOST_CHECK_GT(dropped, 400);
  BOOST_CHECK_LT(dropped, 600);
  net.eval();
  BOOST_CHECK_EQUAL(sum(net(x)).item(), Real(1000));
}

BOOST_AUTO_TEST_CASE(functions_of_any_kind) {
  Generator rng(1);
  nn::Sequential net;
  net.add([](const Tensor& x) { return reshape(x, {x.dim(0), -1}); }).add<nn::LayerNorm>(6);
  BOOST_CHECK(net(Tensor::ones({2, 3, 2})).shape() == Shape({2, 6}));
  BOOST_CHECK_EQUAL(net.parameters()[0].name, "1.weight");
  gradcheck("Sequential", [&](const std::vector<Tensor>& v) { return net(v[0]); },
            {rng.normal({2, 3, 2})});
  const nn::Sequential empty;
  const Tensor x = rng.normal({3});
  BOOST_CHECK_EQUAL(empty(x).data(), x.data());
}

// Braces for the options, whatever comes before them.
BOOST_AUTO_TEST_CASE(options_in_braces) {
  Generator rng(1);
  nn::Sequential net;
  net.add<nn::Conv1d>(2, 4, 1, rng, {.bias = false})
      .add<nn::InstanceNorm>(4, {.affine = true})
      .add<nn::GroupNorm>(2, 4, {.affine = false})
      .add<nn::Linear>(6, 3, rng, {.bias = false})
      .add<nn::GLU>(1);
  BOOST_CHECK_EQUAL(names_of(net), "0.weight 1.weight 1.bias 3.weight ");
  BOOST_CHECK(net(rng.normal({2, 2, 6})).shape() == Shape({2, 2, 3}));
  const nn::LinearOptions options{.bias = false};  // and by their type
  nn::Sequential typed;
  BOOST_CHECK_EQUAL(names_of(typed.add<nn::Linear>(1, 1, rng, options)), "0.weight ");
  BOOST_CHECK_EQUAL(names_of(Braces(rng)), "one.weight three.weight four.weight ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
