// Mixing by frequency against the packages that people use: values and all gradients.
#include <boost/test/unit_test.hpp>

#include "attention/block.h"
#include "attention/frequency/auto_correlation.h"
#include "attention/frequency/fnet.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

// Our parameters by name, each with the names that the package has for its parts.
using Names = std::vector<std::pair<std::string, std::vector<std::string>>>;

Tensor stacked(const Golden& golden, const std::string& prefix,
               const std::vector<std::string>& names) {
  std::vector<Tensor> parts;
  for (const std::string& name : names) parts.push_back(golden[prefix + name]);
  return concat(parts, 0);
}

void check(const Golden& golden, const nn::Module& layer, const Names& names,
           const std::function<Tensor(const Tensor&)>& forward, double tolerance) {
  std::vector<Tensor> wanted{golden.leaf("input.x")};
  BOOST_REQUIRE(layer.parameters().size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Parameter parameter = layer.parameters()[i];
    BOOST_REQUIRE(parameter.name == names[i].first);
    parameter.value.assign(stacked(golden, "param.", names[i].second));
    wanted.push_back(parameter.value);
  }
  const Tensor y = forward(wanted[0]);
  expect_close("output", y, golden["output"], tolerance);
  const std::vector<Tensor> made = grad({sum(y * golden["cotangent"])}, wanted);
  expect_close("grad.input.x", made[0], golden["grad.input.x"], tolerance);
  for (std::size_t i = 0; i < names.size(); ++i) {
    expect_close("grad of " + names[i].first, made[i + 1],
                 stacked(golden, "grad.param.", names[i].second), tolerance);
  }
}

BOOST_AUTO_TEST_SUITE(frequency)

BOOST_AUTO_TEST_CASE(fnet_layer) {
  const Golden golden("hf_fnet_layer");
  Generator rng(1);
  const attention::EncoderBlock block(
      {.width = 6, .hidden = 10, .norm_first = false, .activation = gelu_tanh, .eps = 1e-12},
      std::make_unique<attention::FNet>(attention::FNetOptions{.width = 6}), rng);
  check(golden, block,
        {{"linear1.weight", {"intermediate.dense.weight"}},
         {"linear1.bias", {"intermediate.dense.bias"}},
         {"linear2.weight", {"output.dense.weight"}},
         {"linear2.bias", {"output.dense.bias"}},
         {"norm1.weight", {"fourier.output.LayerNorm.weight"}},
         {"norm1.bias", {"fourier.output.LayerNorm.bias"}},
         {"norm2.weight", {"output.LayerNorm.weight"}},
         {"norm2.bias", {"output.LayerNorm.bias"}}},
        [&](const Tensor& x) { return block(x); }, 1e-10);
}

// Its lags are those of all heads together, which is one head; and it is computed in float.
BOOST_AUTO_TEST_CASE(autoformer_attention) {
  const Golden golden("hf_autoformer_b1");
  Generator rng(1);
  const attention::AutoCorrelation layer({.width = 8, .heads = 1, .factor = 2}, rng);
  check(golden, layer,
        {{"in_proj_weight", {"q_proj.weight", "k_proj.weight", "v_proj.weight"}},
         {"in_proj_bias", {"q_proj.bias", "k_proj.bias", "v_proj.bias"}},
         {"out_proj.weight", {"out_proj.weight"}},
         {"out_proj.bias", {"out_proj.bias"}}},
        [&](const Tensor& x) { return layer.mix({.x = x}).y; }, 2e-5);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
