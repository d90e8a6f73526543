// Which parameters a group holds, and what that changes. Against PyTorch: tests/golden.
#include <boost/test/unit_test.hpp>

#include "autograd/random.h"
#include "nn/feed_forward.h"
#include "nn/layer_norm.h"
#include "optim/adamw.h"
#include "optim/groups.h"
#include "tests/nn/throws.h"
#include "tests/optim/leaves.h"

namespace heed_test {
namespace {

using namespace heed;

bool fits(const std::string& name, const std::string& pattern) {
  return optim::named(pattern)({name, Tensor()});
}

BOOST_AUTO_TEST_SUITE(groups)

BOOST_AUTO_TEST_CASE(patterns) {
  BOOST_CHECK(fits("layers.0.bias", "*.bias"));
  BOOST_CHECK(fits("layers.0.bias", "layers.*.bias"));
  BOOST_CHECK(fits("layers.0.linear1.bias", "layers.*.bias"));
  BOOST_CHECK(fits("a.bias.bias", "*.bias"));  // the first '.bias' is not the end
  BOOST_CHECK(fits("abcbcd", "*bc*bcd"));
  BOOST_CHECK(fits("bias", "bias"));
  BOOST_CHECK(fits("bias", "*"));
  BOOST_CHECK(fits("bias", "b**s*"));
  BOOST_CHECK(fits("", "*"));
  BOOST_CHECK(fits("", ""));
  BOOST_CHECK(!fits("bias", "*.bias"));
  BOOST_CHECK(!fits("layers.0.bias", "layers.*.weight"));
  BOOST_CHECK(!fits("layers.0.bias_k", "*.bias"));
  BOOST_CHECK(!fits("bias", "bia"));
  BOOST_CHECK(!fits("bia", "bias"));
  BOOST_CHECK(!fits("bias", ""));
  BOOST_CHECK(!fits("", "?"));
  BOOST_CHECK(!fits(std::string(10000, 'a'), "*a*a*a*a*a*a*a*a*a*b"));  // in no time
}

// Gradients of 0: AdamW only decays, by lr_scale * lr * weight_decay.
BOOST_AUTO_TEST_CASE(the_first_group_that_holds_a_parameter_has_it) {
  std::vector<Parameter> parameters;
  for (const char* name : {"head.weight", "head.bias", "body.weight", "body.bias"}) {
    parameters.push_back({name, leaf({2, 2}, 1)});
    parameters.back().value.set_grad(Tensor::zeros({2, 2}));
  }
  optim::AdamW optimizer(parameters,
                         {.lr = 0.5,
                          .weight_decay = 0.5,
                          .groups = {{.holds = optim::named("*.bias"), .weight_decay = 0},
                                     {.holds = optim::named("head.*"), .lr_scale = 0.5},
                                     {.holds = optim::named("*"), .may_be_empty = true}}});
  optimizer.step();
  const auto value = [&](std::size_t i) { return parameters[i].value.data()[0]; };
  BOOST_CHECK_EQUAL(value(0), Real(0.875));
  BOOST_CHECK_EQUAL(value(1), 1);
  BOOST_CHECK_EQUAL(value(2), Real(0.75));
  BOOST_CHECK_EQUAL(value(3), 1);
  optimizer.set_lr(0.25);  // one schedule for all groups
  optimizer.step();
  BOOST_CHECK_EQUAL(value(0), Real(0.875 * (1 - 0.0625)));
  BOOST_CHECK_EQUAL(value(2), Real(0.75 * 0.875));
}

BOOST_AUTO_TEST_CASE(norms_and_biases_do_not_decay) {
  Generator rng(1);
  const nn::FeedForward layer(4, 8, rng);
  const nn::LayerNorm norm(4);
  std::vector<Parameter> parameters = layer.parameters();
  for (const Parameter& parameter : norm.parameters()) {
    parameters.push_back({"norm." + parameter.name, parameter.value});
  }
  std::vector<Parameter> before;
  for (const auto& [name, value] : parameters) {
    value.assign(Tensor::ones(value.shape()));
    value.set_grad(Tensor::zeros(value.shape()));
  }
  optim::AdamW optimizer(
      parameters,
      {.lr = 0.5, .weight_decay = 0.5, .groups = optim::no_decay_on_norms_and_biases()});
  optimizer.step();
  int kept = 0;
  for (const auto& [name, value] : parameters) {
    const bool decays = name == "linear1.weight" || name == "linear2.weight";
    BOOST_CHECK_EQUAL(value.data()[0], decays ? Real(0.75) : Real(1));
    if (!decays) ++kept;
  }
  BOOST_CHECK_EQUAL(kept, 4);  // two biases, the norm's weight and bias
}

BOOST_AUTO_TEST_CASE(refusals) {
  const auto with = [](std::vector<optim::ParameterGroup> groups) {
    optim::AdamW({{"w", leaf({2, 2}, 1)}}, {.groups = std::move(groups)});
  };
  const auto all = optim::named("*");
  expect_throw<ValueError>([&] { with({{.holds = all, .lr_scale = -1}}); },
                           "[AdamW] lr_scale of groups[0] must be >= 0, got -1");
  expect_throw<ValueError>(
      [&] {
        with({{.holds = all}, {.holds = all, .weight_decay = -2}});
      },
      "[AdamW] weight_decay of groups[1] must be >= 0, got -2");
  expect_throw<ValueError>([&] { with({{}}); },
                           "[AdamW] groups[0] does not say which parameters it holds\n"
                           "hint: .holds = optim::named(\"*.bias\")");
  expect_throw<ValueError>(
      [&] {
        with({{.holds = all}, {.holds = optim::named("w")}});
      },
      "[AdamW] groups[1] holds no parameter\n"
      "hint: a parameter belongs to the first group that holds it; the names are those of "
      "model.parameters()");
  with({{.holds = optim::named("v"), .may_be_empty = true}});
  with(optim::no_decay_on_norms_and_biases());  // a model may have none
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
