// Relative attention with a memory, against the XLNet of transformers and against labml-nn.
#include <boost/test/unit_test.hpp>
#include <map>

#include "attention/core.h"
#include "attention/memory/transformer_xl.h"
#include "attention/normalizers.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

using namespace attention;

// Both packages have the time in front: (T, B, C) <-> (B, T, C).
Tensor turned(const Tensor& x) { return transpose(x, 0, 1); }

// A matrix (C, H, D) of theirs as the weight (H D, C) of a linear layer.
Tensor as_weight(const Tensor& matrix) { return transpose(reshape(matrix, {8, 8}), 0, 1); }

// Theirs are all sines and then all cosines, ours go in turn: the columns of W_r change places.
Tensor in_turn(const Tensor& weight) {
  return index_select(transpose(weight, 0, 1), Indices(std::vector{0, 4, 1, 5, 2, 6, 3, 7}));
}

// 1 where a key is hidden, (T, S, B, 1) -> visible (B, 1, T, S).
Mask visible_of(const Golden& golden) {
  const Tensor hidden = golden["input.attn_mask"];
  return permute(hidden, {2, 3, 0, 1}) < 0.5;
}

BOOST_AUTO_TEST_SUITE(transformer_xl)

// Its scores, from its own table of sines, with the gradient into the memory that it has.
BOOST_AUTO_TEST_CASE(scores_of_xlnet) {
  const Golden golden("hf_xlnet_relative");
  std::vector<Parameter> parameters;
  const auto param = [&](const std::string& name) {
    parameters.push_back({name, golden.leaf("param." + name)});
    return parameters.back().value;
  };
  const Tensor h = golden.leaf("input.h"), memory = golden.leaf("input.mems");
  const Tensor seen = concat({turned(memory), turned(h)}, 1);  // (B, S, C)
  const auto heads = [&](const Tensor& x, const char* name) {
    return split_heads(linear(x, as_weight(param(name)), {}), 2);
  };
  const Tensor q = heads(turned(h), "q"), k = heads(seen, "k"), v = heads(seen, "v");
  // Its rows are distances 7 ... 0; ours begin at 6 and have one for what is ahead, hidden here.
  const Tensor table = turned(golden["input.r"]);  // (B, L, C)
  const Tensor r = heads(concat({slice(table, 1, 1, 8), slice(table, 1, 7, 8)}, 1), "r");
  const Tensor scores = relative_scores(q, k, r, param("r_w_bias"), param("r_r_bias"));
  const Tensor weights = softmax_over(scores / 2.0, visible_of(golden));
  expect_close("weights", permute(weights, {2, 3, 0, 1}), golden["extra.attn"]);
  const Tensor found = linear(merge_heads(combine(weights, v)), reshape(param("o"), {8, 8}), {});
  const Tensor y = layer_norm(turned(h) + found, param("layer_norm.weight"),
                              param("layer_norm.bias"), 1e-12);
  expect_golden(golden, {{"input.h", h}, {"input.mems", memory}}, {{"output", turned(y)}},
                parameters);
}

// The layer as it is, continuing from the memory; its weights are theirs in other places. Their
// table of sines is in float.
BOOST_AUTO_TEST_CASE(layer_of_xlnet) {
  const Golden golden("hf_xlnet_relative");
  Generator rng(1);
  const TransformerXL layer({.width = 8, .heads = 2, .memory = 3}, rng);
  const auto at = [&](const std::string& prefix, const char* name) {
    return golden[prefix + "param." + name];
  };
  const auto in_our_places = [&](const std::string& prefix) {
    std::map<std::string, Tensor> ours;
    ours["in_proj_weight"] = concat({as_weight(at(prefix, "q")), as_weight(at(prefix, "k")),
                                     as_weight(at(prefix, "v"))}, 0);
    ours["out_proj.weight"] = reshape(at(prefix, "o"), {8, 8});
    ours["position.weight"] = transpose(in_turn(as_weight(at(prefix, "r"))), 0, 1);
    ours["content_bias"] = at(prefix, "r_w_bias");
    ours["position_bias"] = at(prefix, "r_r_bias");
    return ours;
  };
  const auto weights = in_our_places(""), gradients = in_our_places("grad.");
  BOOST_REQUIRE(layer.parameters().size() == weights.size());
  for (const Parameter& parameter : layer.parameters()) {
    parameter.value.assign(weights.at(parameter.name));
  }
  const Tensor h = golden.leaf("input.h");
  const MixerState memory{{turned(golden["input.mems"])}, 3};
  const Tensor found =
      layer.mix({.x = turned(h), .mask = visible_of(golden), .state = memory}).y;
  const Tensor y = turned(layer_norm(turned(h) + found, golden["param.layer_norm.weight"],
                                     golden["param.layer_norm.bias"], 1e-12));
  constexpr double tolerance = 1e-6;
  expect_close("output", y, golden["output"], tolerance);
  y.backward(golden["cotangent"]);
  expect_close("input.h", h.grad(), golden["grad.input.h"], tolerance);
  for (const Parameter& parameter : layer.parameters()) {
    expect_close(parameter.name, parameter.value.grad(), gradients.at(parameter.name), tolerance);
  }
}

// labml-nn learns a vector and a number for every distance instead; the shift is the same.
BOOST_AUTO_TEST_CASE(relative_attention_of_labml) {
  const Golden golden("labml_relative_mha");
  std::vector<Parameter> parameters;
  const auto param = [&](const std::string& name) {
    parameters.push_back({name, golden.leaf("param." + name)});
    return parameters.back().value;
  };
  constexpr Index length = 5, middle = 8;  // the row of distance 0
  const Tensor query = golden.leaf("input.query"), x = turned(query);
  const auto heads = [&](const std::string& name, const Tensor& bias) {
    return split_heads(linear(x, param(name + ".linear.weight"), bias), 2);
  };
  const Tensor q = heads("query", {}), k = heads("key", {});
  const Tensor v = heads("value", param("value.linear.bias"));
  // Rows of j - i from -(length - 1) on: column l of the shift.
  const auto by_column = [&](const Tensor& table) {
    return slice(table, 0, middle - length + 1, middle + length + 1);
  };
  const Tensor vectors = by_column(param("key_pos_embeddings"));       // (L, H, D)
  const Tensor numbers = transpose(by_column(param("key_pos_bias")), 0, 1);  // (H, L)
  const Tensor by_distance =
      dot(q, unsqueeze(transpose(vectors, 0, 1), 0)) + reshape(numbers, {1, 2, 1, 2 * length});
  const Tensor u = unsqueeze(param("query_pos_bias"), 1);
  const Tensor scores = (dot(q + u, k) + relative_shift(by_distance, length)) / 2.0;
  const Mask visible = golden.mask("input.mask", 1).reshape({length, length});
  const Tensor y = linear(merge_heads(combine(softmax_over(scores, visible), v)),
                          param("output.weight"), param("output.bias"));
  expect_golden(golden, {{"input.query", query}}, {{"output", turned(y)}}, parameters);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
