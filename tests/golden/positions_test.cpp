// Positions against PyTorch's numbers and those of two packages: values and gradients.
#include <fmt/format.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "attention/core.h"
#include "attention/dense/multi_head.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "nn/files/weights.h"
#include "nn/relative_positions.h"
#include "nn/rotary.h"
#include "nn/similarity.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

using attention::combine;
using attention::merge_heads;
using attention::split_heads;

Generator rng(1);

void check_rotary(const std::string& name, Index start, const nn::RotaryOptions& options) {
  const Golden golden("torch_positions");
  const Tensor x = golden.leaf("input." + name + ".x");
  const nn::Rotary rotary(9, x.dim(-1), options);
  expect_golden(golden, {{"input." + name + ".x", x}}, {{"output." + name, rotary(x, start)}}, {});
}

// One layer of x-transformers: projections without bias, causal.
struct Layer {
  explicit Layer(const std::string& name) : golden(name) {}
  Tensor param(const std::string& name) {
    parameters.push_back({name, golden.leaf("param." + name)});
    return parameters.back().value;
  }
  Tensor heads(const std::string& name, Index count) {
    return split_heads(linear(x, param(name), {}), count);
  }
  void check(const Tensor& scores, const Tensor& v) {
    const Index length = x.dim(1);
    const Tensor weights =
        attention::softmax_over(scores, attention::causal().expand(length, length));
    const Tensor y = linear(merge_heads(combine(weights, v)), param("to_out.weight"), {});
    expect_close("attn", weights, golden["extra.attn"]);
    expect_golden(golden, {{"input.x", x}}, {{"output", y}}, parameters);
  }

  Golden golden;
  Tensor x = golden.leaf("input.x");
  std::vector<Parameter> parameters;
};

BOOST_AUTO_TEST_SUITE(positions)

BOOST_AUTO_TEST_CASE(rotary) {
  using enum nn::RotaryOptions::Pairs;
  check_rotary("halves", 3, {.pairs = halves});
  check_rotary("neighbours", 3, {.pairs = neighbours});
  check_rotary("halves_base", 0, {.pairs = halves, .base = 500});
  check_rotary("neighbours_base", 0, {.pairs = neighbours, .base = 500});
}

// labml's layer; its table of angles is in float32. Layout (T, B, C).
BOOST_AUTO_TEST_CASE(rotary_attention) {
  const Golden golden("labml_rope_mha");
  const Tensor x = golden.leaf("input.x");
  const nn::Rotary rotary(5, 4);
  const auto heads = [&](const std::string& name) {
    const Tensor projected = linear(x, golden["param." + name + ".linear.weight"],
                                    golden["param." + name + ".linear.bias"]);
    return split_heads(transpose(projected, 0, 1), 2);
  };
  const Mask visible = golden.mask("input.mask", 1).reshape({5, 5});
  const Tensor scores = attention::scaled_dot(rotary(heads("query")), rotary(heads("key")));
  const Tensor mixed = combine(attention::softmax_over(scores, visible), heads("value"));
  const Tensor y = linear(transpose(merge_heads(mixed), 0, 1), golden["param.output.weight"],
                          golden["param.output.bias"]);
  expect_close("output", y, golden["output"], 1e-6);
  sum(y * golden["cotangent"]).backward();
  expect_close("grad.input.x", x.grad(), golden["grad.input.x"], 1e-6);
}

BOOST_AUTO_TEST_CASE(alibi_slopes_of_any_number_of_heads) {
  const Golden golden("torch_positions");
  for (const Index heads : {1, 6, 8, 12}) {
    const std::string name = "input.slopes_" + std::to_string(heads);
    expect_close(name, nn::alibi_slopes(heads), golden[name], 1e-15);
  }
}

BOOST_AUTO_TEST_CASE(alibi_attention) {
  Layer layer("xt_alibi");
  const Tensor q = layer.heads("to_q.weight", 4), k = layer.heads("to_k.weight", 4);
  const Tensor v = layer.heads("to_v.weight", 4);
  layer.check(attention::scaled_dot(q, k) + nn::alibi_bias(4, 5, 5), v);
}

// No positions, and one head of keys and values for four of queries, through the layers of the
// catalog.
void check_layer(const std::string& name, const attention::MultiHeadOptions& options) {
  const Golden golden(name);
  const attention::MultiHead layer(options, rng);
  for (const auto& [ours, value] : layer.parameters()) {
    if (ours.ends_with("bias")) value.assign(Tensor::zeros(value.shape()));
  }
  std::vector<Tensor> theirs;
  for (const char* part : {"to_q", "to_k", "to_v"}) {
    theirs.push_back(golden[fmt::format("param.{}.weight", part)]);
  }
  const std::vector<Parameter> ours = layer.parameters();
  const auto weight = [&](const std::string& wanted) {
    return std::ranges::find(ours, wanted, &Parameter::name)->value;
  };
  weight("in_proj_weight").assign(concat(theirs, 0));
  weight("out_proj.weight").assign(golden["param.to_out.weight"]);
  const Tensor x = golden.leaf("input.x");
  const Tensor y = layer.mix({.x = x}).y;
  expect_close("output", y, golden["output"]);
  const std::vector<Tensor> made = grad({sum(y * golden["cotangent"])},
                                        {x, weight("in_proj_weight"), weight("out_proj.weight")});
  expect_close("grad.input.x", made[0], golden["grad.input.x"]);
  std::vector<Tensor> gradients;
  for (const char* part : {"to_q", "to_k", "to_v"}) {
    gradients.push_back(golden[fmt::format("grad.param.{}.weight", part)]);
  }
  expect_close("grad.in_proj_weight", made[1], concat(gradients, 0));
  expect_close("grad.out_proj.weight", made[2], golden["grad.param.to_out.weight"]);
}

BOOST_AUTO_TEST_CASE(whole_layers) {
  check_layer("xt_causal", {.width = 8, .heads = 2, .causal = true});
  check_layer("xt_onekv", {.width = 8, .heads = 4, .kv_heads = 1, .causal = true});
  check_layer("xt_alibi", {.width = 8, .heads = 4, .causal = true,
                           .positions = attention::Positions::alibi});
}

// Cosines times 10 for scores.
BOOST_AUTO_TEST_CASE(normalized_queries_and_keys) {
  Layer layer("xt_qknorm");
  const Tensor q = layer.heads("to_q.weight", 2), k = layer.heads("to_k.weight", 2);
  const Tensor v = layer.heads("to_v.weight", 2);
  layer.check(attention::cosine(q, k) * 10, v);
}

void check_buckets(const std::string& name, const nn::BucketOptions& options) {
  const Indices expected = Golden("torch_positions").ids("input." + name);
  const Shape& shape = expected.shape();
  const Indices got = nn::distance_buckets(shape[0], shape[1], options);
  BOOST_CHECK_EQUAL_COLLECTIONS(got.values().begin(), got.values().end(), expected.values().begin(),
                                expected.values().end());
}

BOOST_AUTO_TEST_CASE(buckets) {
  check_buckets("buckets", {});
  check_buckets("buckets_causal", {.bidirectional = false});
  check_buckets("buckets_ahead", {.buckets = 8, .max_distance = 16});
}

BOOST_AUTO_TEST_CASE(relative_vectors) {
  const Golden golden("torch_positions");
  nn::RelativeVectors vectors(2, 5, rng);
  nn::load_into(vectors, golden.file(), "param.");
  const Tensor q = golden.leaf("input.q");
  const Tensor weights = golden.leaf("input.weights");
  expect_golden(
      golden, {{"input.q", q}, {"input.weights", weights}},
      {{"output.scores", vectors.scores(q, 6)}, {"output.combined", vectors.combine(weights)}},
      vectors.parameters());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
