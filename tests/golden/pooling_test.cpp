// Pooling against PyTorch Geometric: values and gradients.
#include <boost/test/unit_test.hpp>

#include "attention/core.h"
#include "attention/normalizers.h"
#include "attention/pooling/seed_pooling.h"
#include "autograd/ops.h"
#include "nn/files/checkpoint.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

BOOST_AUTO_TEST_SUITE(pooling)

BOOST_AUTO_TEST_CASE(seeds) {
  const Golden golden("pyg_pma");
  Generator rng(1);
  const auto layer = std::make_unique<attention::SeedPooling>(
      attention::SeedPoolingOptions{.width = 8, .heads = 2, .seeds = 3}, rng);
  nn::load_into(*layer, golden.file(), "param.");
  const Tensor x = golden.leaf("input.x");
  const Tensor z = layer->pool(x, golden.mask("input.mask", 1));
  expect_golden(golden, {{"input.x", x}}, {{"output", z}}, layer->parameters());
}

// sum_n softmax_n(gate(x_n)) value(x_n) for each of three groups, through the steps of the core.
BOOST_AUTO_TEST_CASE(groups) {
  const Golden golden("pyg_attentional_aggregation");
  std::vector<Parameter> parameters;
  const auto param = [&](const std::string& name) {
    parameters.push_back({name, golden.leaf("param." + name)});
    return parameters.back().value;
  };
  const Tensor x = golden.leaf("input.x");  // (N, C)
  const Tensor gate = linear(x, param("gate_nn.weight"), param("gate_nn.bias"));
  const Tensor values = linear(x, param("nn.weight"), param("nn.bias"));
  std::vector<std::uint8_t> member;
  for (int group = 0; group < 3; ++group) {
    const Mask own = golden.mask("input.index", group);
    member.insert(member.end(), own.values().begin(), own.values().end());
  }
  const Tensor scores = expand(reshape(gate, {1, 7}), {3, 7});
  const Tensor weights = attention::softmax_over(scores, Mask({3, 7}, member));
  expect_golden(golden, {{"input.x", x}}, {{"output", attention::combine(weights, values)}},
                parameters);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
