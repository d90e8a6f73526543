// Attention and transformer layers against PyTorch: values and gradients.
#include <boost/test/unit_test.hpp>

#include "attention/block.h"
#include "attention/core.h"
#include "attention/dense/multi_head.h"
#include "autograd/ops.h"
#include "nn/files/checkpoint.h"
#include "tests/golden/golden.h"

namespace heed_test {
namespace {

using attention::MultiHead;
using attention::MultiHeadOptions;

Generator rng(1);

std::unique_ptr<attention::Mixer> multi_head(bool causal = false) {
  return std::make_unique<MultiHead>(MultiHeadOptions{.width = 8, .heads = 2, .causal = causal},
                                     rng);
}

BOOST_AUTO_TEST_SUITE(attention_layers)

void check_multi_head(const std::string& name, bool causal) {
  const Golden golden(name);
  const auto layer = multi_head(causal);
  nn::load_into(*layer, golden.file(), "param.");
  const Tensor x = golden.leaf("input.query");
  expect_golden(golden, {{"input.query", x}}, {{"output", layer->mix({.x = x}).y}},
                layer->parameters());
}

BOOST_AUTO_TEST_CASE(multi_head_self) { check_multi_head("torch_mha_self", false); }
BOOST_AUTO_TEST_CASE(multi_head_causal) { check_multi_head("torch_mha_causal", true); }

// Keys and values from two sources of two widths.
BOOST_AUTO_TEST_CASE(multi_head_cross) {
  const Golden golden("torch_mha_cross");
  MultiHead layer(
      {.width = 8, .heads = 2, .kdim = 6, .vdim = 10, .context = attention::Context::required},
      rng);
  nn::load_into(layer, golden.file(), "param.");
  const Tensor query = golden.leaf("input.query");
  const Tensor key = golden.leaf("input.key");
  const Tensor value = golden.leaf("input.value");
  const Tensor y = layer.mix({.x = query, .context = key, .values = value}).y;
  expect_golden(golden, {{"input.query", query}, {"input.key", key}, {"input.value", value}},
                {{"output", y}}, layer.parameters());
}

// No biases, a learned key and value behind the others, and padding: spelled out in ops.
BOOST_AUTO_TEST_CASE(multi_head_with_one_more_key) {
  const Golden golden("torch_mha_keypad");
  const Tensor query = golden.leaf("input.query");
  const Tensor key = golden.leaf("input.key");
  const std::vector<Parameter> parameters = {
      {"in_proj_weight", golden.leaf("param.in_proj_weight")},
      {"bias_k", golden.leaf("param.bias_k")},
      {"bias_v", golden.leaf("param.bias_v")},
      {"out_proj.weight", golden.leaf("param.out_proj.weight")}};
  const auto project = [&](const Tensor& x, Index third) {
    return linear(x, slice(parameters[0].value, 0, 8 * third, 8 * (third + 1)), {});
  };
  const auto extended = [&](Index third) {
    const Tensor more = expand(parameters[static_cast<std::size_t>(third)].value, Shape{2, 1, 8});
    return concat({project(key, third), more}, 1);  // (2, 7, 8)
  };
  const Mask here = golden.mask("input.key_padding_mask", 0);
  std::vector<std::uint8_t> visible;
  for (Index row = 0; row < 2; ++row) {
    for (Index j = 0; j < 6; ++j) visible.push_back(here[6 * row + j]);
    visible.push_back(1);
  }
  const Tensor heads =
      dot_product_attention({project(query, 0), 0, 2, 4}, {extended(1), 0, 2, 4},
                            {extended(2), 0, 2, 4}, {.visible = Mask({2, 1, 1, 7}, visible)});
  expect_golden(golden, {{"input.query", query}, {"input.key", key}},
                {{"output", linear(heads, parameters[3].value, {})}}, parameters);
}

// (B, H, T, D) -> (B, T, H D) and back.
Heads merged(const Tensor& x) {
  const Index heads = x.dim(1);
  const Index size = x.dim(3);
  return {reshape(permute(x, {0, 2, 1, 3}), {x.dim(0), x.dim(2), heads * size}), 0, heads, size};
}
Tensor apart(const Tensor& y, Index heads) {
  return permute(reshape(y, {y.dim(0), y.dim(1), heads, y.dim(2) / heads}), {0, 2, 1, 3});
}

void check_dot_product(const std::string& name, const AttentionOptions& options) {
  const Golden golden(name);
  const Tensor q = golden.leaf("input.query");
  const Tensor k = golden.leaf("input.key");
  const Tensor v = golden.leaf("input.value");
  const Tensor y = apart(dot_product_attention(merged(q), merged(k), merged(v), options), q.dim(1));
  expect_golden(golden, {{"input.query", q}, {"input.key", k}, {"input.value", v}}, {{"output", y}},
                {});
}

BOOST_AUTO_TEST_CASE(dot_product_causal) {
  check_dot_product("torch_sdpa_causal", {.causal = true});
}

BOOST_AUTO_TEST_CASE(dot_product_with_mask_and_scale) {
  const Mask visible = Golden("torch_sdpa_boolmask").mask("input.attn_mask", 1);
  check_dot_product("torch_sdpa_boolmask", {.scale = 0.3, .visible = visible});
}

// Four heads of queries, two of keys and values.
BOOST_AUTO_TEST_CASE(dot_product_of_grouped_heads) {
  const Golden golden("torch_sdpa_gqa");
  const Tensor q = golden.leaf("input.query");
  const Tensor k = golden.leaf("input.key");
  const Tensor v = golden.leaf("input.value");
  const Tensor y = apart(dot_product_attention(merged(q), merged(k), merged(v)), 4);
  expect_golden(golden, {{"input.query", q}, {"input.key", k}, {"input.value", v}}, {{"output", y}},
                {});
}

BOOST_AUTO_TEST_CASE(encoder_block_post_norm) {
  const Golden golden("torch_encoder_postnorm");
  attention::EncoderBlock block({.width = 8, .hidden = 16, .norm_first = false, .activation = relu},
                                multi_head(), rng);
  nn::load_into(block, golden.file(), "param.");
  const Tensor x = golden.leaf("input.src");
  expect_golden(golden, {{"input.src", x}}, {{"output", block(x)}}, block.parameters());
}

// Causal, and with padded keys.
BOOST_AUTO_TEST_CASE(encoder_block_pre_norm) {
  const Golden golden("torch_encoder_prenorm");
  attention::EncoderBlock block({.width = 8, .hidden = 16}, multi_head(true), rng);
  nn::load_into(block, golden.file(), "param.");
  const Mask visible = golden.mask("input.key_padding_mask", 0).reshape({2, 1, 1, 5});
  const Tensor x = golden.leaf("input.src");
  expect_golden(golden, {{"input.src", x}}, {{"output", block(x, visible)}}, block.parameters());
}

BOOST_AUTO_TEST_CASE(decoder_block_post_norm) {
  const Golden golden("torch_decoder_layer");
  attention::DecoderBlock block({.width = 8, .hidden = 12, .norm_first = false, .activation = relu},
                                multi_head(true), multi_head(), rng);
  nn::load_into(block, golden.file(), "param.");
  const Tensor x = golden.leaf("input.tgt");
  const Tensor memory = golden.leaf("input.memory");
  expect_golden(golden, {{"input.tgt", x}, {"input.memory", memory}},
                {{"output", block(x, memory)}}, block.parameters());
}

// Pre-norm with another eps, causal, and with padded memory.
BOOST_AUTO_TEST_CASE(decoder_block_pre_norm) {
  const Golden golden("torch_decoder_prenorm");
  attention::DecoderBlock block({.width = 8, .hidden = 12, .eps = 1e-3}, multi_head(true),
                                multi_head(), rng);
  nn::load_into(block, golden.file(), "param.");
  const Mask visible = golden.mask("input.padding", 0).reshape({2, 1, 1, 6});
  const Tensor x = golden.leaf("input.tgt");
  const Tensor memory = golden.leaf("input.memory");
  expect_golden(golden, {{"input.tgt", x}, {"input.memory", memory}},
                {{"output", block(x, memory, visible)}}, block.parameters());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
