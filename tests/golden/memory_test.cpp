// Memorizing attention against memorizing-transformers-pytorch.
#include <boost/test/unit_test.hpp>

#include "attention/memory/knn_memory.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

BOOST_AUTO_TEST_SUITE(memories)

// Theirs is given what a search found, per query: (B, H, T, K, 2, D) and who of it is real. As one
// store of T K places of which query i reads those from i K on it is ours, in the joint form with
// one head of keys and values in the segment.
BOOST_AUTO_TEST_CASE(memorizing_attention) {
  const Golden golden("memorizing_knn_attention");
  Generator rng(1);
  const attention::KnnMemory layer(
      {.width = 8, .heads = 2, .kv_heads = 1, .joint = true, .bias = false}, rng);
  const auto own = [&](const std::string& name) {
    for (const Parameter& one : layer.parameters()) {
      if (one.name == name) return one.value;
    }
    throw ValueError("no parameter " + name);
  };
  const Tensor packed = own("in_proj_weight"), out = own("out_proj.weight"),
               scale = own("logit_scale");
  packed.assign(concat({golden["param.to_q.weight"], golden["param.to_kv.weight"]}, 0));
  out.assign(golden["param.to_out.weight"]);
  scale.assign(golden["param.scale"]);

  const Tensor retrieved = golden.leaf("input.retrieved_kv"), x = golden.leaf("input.x");
  const auto half = [&](Index which) {
    return reshape(select(retrieved, 4, which), {2, 2, 15, 4});  // (B, H, T K, D)
  };
  const Mask real = golden.mask("input.retrieved_mask", 1);  // (B, H, T, K)
  std::vector<std::uint8_t> found(2 * 2 * 5 * 15);
  for (Index row = 0; row < 20; ++row) {
    for (Index k = 0; k < 3; ++k) {
      found[static_cast<std::size_t>(row * 15 + row % 5 * 3 + k)] = real[row * 3 + k] ? 1 : 0;
    }
  }
  const Tensor y =
      layer.recall({.x = x}, {half(0), half(1)}, Mask({2, 2, 5, 15}, std::move(found)));
  expect_close("output", y, golden["output"]);
  const std::vector<Tensor> made =
      grad({sum(y * golden["cotangent"])}, {x, retrieved, packed, out, scale});
  expect_close("grad.input.x", made[0], golden["grad.input.x"]);
  expect_close("grad.input.retrieved_kv", made[1], golden["grad.input.retrieved_kv"]);
  expect_close("grad.param.to_q and to_kv", made[2],
               concat({golden["grad.param.to_q.weight"], golden["grad.param.to_kv.weight"]}, 0));
  expect_close("grad.param.to_out", made[3], golden["grad.param.to_out.weight"]);
  expect_close("grad.param.scale", made[4], golden["grad.param.scale"]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
