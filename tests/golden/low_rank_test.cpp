// Linformer, Nystrom attention and Hyena against the packages that people use: values and all
// gradients.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "attention/core.h"
#include "attention/efficient/hyena.h"
#include "attention/efficient/linformer.h"
#include "attention/efficient/nystrom.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

Tensor stacked(const Golden& golden, const std::string& prefix,
               const std::vector<std::string>& names) {
  std::vector<Tensor> parts;
  for (const std::string& name : names) parts.push_back(golden[prefix + name]);
  return concat(parts, 0);
}

BOOST_AUTO_TEST_SUITE(low_rank)

// It keeps its sums the other way round, and has no bias in front.
BOOST_AUTO_TEST_CASE(linformer_self) {
  const Golden golden("linformer_self");
  Generator rng(1);
  const attention::Linformer layer({.width = 8, .heads = 2, .length = 10, .rank = 4}, rng);
  const std::vector<std::string> projections{"to_q.weight", "to_k.weight", "to_v.weight"};
  const auto of = [&](const std::string& prefix) -> Named {
    return {{"in_proj_weight", stacked(golden, prefix, projections)},
            {"out_proj.weight", golden[prefix + "to_out.weight"]},
            {"out_proj.bias", golden[prefix + "to_out.bias"]},
            {"E", transpose(golden[prefix + "proj_k"])},
            {"F", transpose(golden[prefix + "proj_v"])}};
  };
  const Named given = of("param."), slopes = of("grad.param.");
  std::vector<Tensor> wanted{golden.leaf("input.x")};
  const std::vector<Parameter> own = layer.parameters();
  BOOST_REQUIRE(own.size() == given.size() + 1);
  for (const auto& [name, value] : given) {
    const auto found = std::ranges::find(own, name, &Parameter::name);
    BOOST_REQUIRE((found != own.end()));
    found->value.assign(value);
    wanted.push_back(found->value);
  }
  const Tensor y = layer.mix({.x = wanted[0]}).y;  // in_proj_bias starts at 0
  expect_close("output", y, golden["output"]);
  const std::vector<Tensor> made = grad({sum(y * golden["cotangent"])}, wanted);
  expect_close("grad.input.x", made[0], golden["grad.input.x"]);
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    expect_close("grad of " + slopes[i].first, made[i + 1], slopes[i].second);
  }
}

// The operator alone, with its filter given; computed in float.
BOOST_AUTO_TEST_CASE(hyena_operator_fft) {
  const Golden golden("hyena_operator_fft");
  const std::vector<std::string> names{"u", "short_filter", "short_bias", "h", "D"};
  std::vector<Tensor> leaves;
  for (const std::string& name : names) leaves.push_back(golden.leaf("input." + name));
  const attention::HyenaStreams streams =
      attention::hyena_streams(leaves[0], leaves[1], leaves[2], 4);
  const Tensor y =
      transpose(attention::hyena_operator(streams, leaves[3], unsqueeze(leaves[4], 0)));
  const double tolerance = 2e-5;
  expect_close("output", y, golden["output"], tolerance);
  expect_close("short convolution",
               concat({streams.gates[1], streams.gates[0], streams.values}, 1),
               golden["extra.z_after_short_conv"], tolerance);
  const std::vector<Tensor> made = grad({sum(y * golden["cotangent"])}, leaves);
  for (std::size_t i = 0; i < names.size(); ++i) {
    expect_close("grad of " + names[i], made[i], golden["grad.input." + names[i]], tolerance);
  }
}

// It divides the start of its inverse by the largest of all samples and heads, so the parts of ours
// are put together here around that start. (Eight tokens in four segments need no zeros in front.)
BOOST_AUTO_TEST_CASE(nystrom) {
  const Golden golden("nystrom");
  const std::vector<std::string> names{"input.x", "param.to_qkv.weight", "param.res_conv.weight",
                                       "param.to_out.0.weight", "param.to_out.0.bias"};
  std::vector<Tensor> leaves;
  for (const std::string& name : names) leaves.push_back(golden.leaf(name));
  const std::vector<Tensor> parts = split(linear(leaves[0], leaves[1], {}), 8, 2);
  const auto head = [&](std::size_t i) { return attention::split_heads(parts[i], 2); };
  const attention::NystromWeights weights =
      attention::nystrom_weights(head(0), head(1), attention::segments_of(8, 4));
  const Tensor columns = max(sum(weights.middle, {-2})), rows = max(sum(weights.middle, {-1}));
  const Tensor start = transpose(weights.middle) / (columns * rows);
  const Tensor inverse = attention::pseudo_inverse(weights.middle, start, 6);
  const Tensor all = matmul(matmul(weights.left, inverse), weights.right);
  expect_close("attention", all, golden["extra.attn"]);
  const Tensor beside = conv2d(head(2), leaves[2], {}, {.padding = {1, 0}, .groups = 2});
  const Tensor y = linear(attention::merge_heads(matmul(all, head(2)) + beside), leaves[3],
                          leaves[4]);
  expect_close("output", y, golden["output"]);
  const std::vector<Tensor> made = grad({sum(y * golden["cotangent"])}, leaves);
  for (std::size_t i = 0; i < names.size(); ++i) {
    expect_close("grad of " + names[i], made[i], golden["grad." + names[i]]);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
