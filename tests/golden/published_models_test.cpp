// GPT-2 and BERT against the transformers package: logits, loss, and the gradient of every weight.
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "examples/pytorch/bert.h"
#include "examples/pytorch/gpt2.h"
#include "nn/files/weights.h"
#include "tests/golden/golden.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

// The tensors of a file below "param.", as a file of weights has them.
nn::TensorFile weights_of(const Golden& golden) {
  const std::string prefix = "param.";
  nn::TensorFile weights;
  for (const nn::StoredTensor& tensor : golden.file().tensors) {
    if (!tensor.name().starts_with(prefix)) continue;
    weights.tensors.emplace_back(tensor.name().substr(prefix.size()), tensor.tensor());
  }
  return weights;
}

BOOST_AUTO_TEST_SUITE(published_models)

BOOST_AUTO_TEST_CASE(gpt2) {
  const Golden golden("hf_gpt2_lm");
  const nn::TensorFile weights = weights_of(golden);
  Generator rng(1);
  Gpt2 model(gpt2_options(weights, 2), rng);
  nn::load_into(model, weights);
  const Tensor logits = model(golden.ids("input.input_ids"));
  expect_close("logits", logits, golden["extra.logits"]);
  const Tensor loss = Gpt2::loss(logits, golden.ids("input.labels"));
  expect_golden(golden, {}, {{"output.loss", loss}}, model.parameters());
}

BOOST_AUTO_TEST_CASE(bert) {
  const Golden golden("hf_bert_mlm");
  const nn::TensorFile weights = weights_of(golden);
  Generator rng(1);
  Bert model(bert_options(weights, 2), rng);
  nn::load_into(model, weights);
  const Tensor logits = model(golden.ids("input.input_ids"), golden.ids("input.token_type_ids"),
                              golden.mask("input.attention_mask", 1));
  expect_close("logits", logits, golden["extra.logits"]);
  const Tensor loss = cross_entropy(logits, golden.ids("input.labels"));
  expect_golden(golden, {}, {{"output.loss", loss}}, model.parameters());
}

// The same weights under the names that the published files have.
nn::TensorFile renamed(const nn::TensorFile& weights, const std::string& from,
                       const std::string& to) {
  nn::TensorFile result;
  for (const nn::StoredTensor& tensor : weights.tensors) {
    const auto texts = nn::match(from, tensor.name());
    result.tensors.emplace_back(texts ? nn::filled(to, *texts) : tensor.name(), tensor.tensor());
  }
  return result;
}

BOOST_AUTO_TEST_CASE(gpt2_as_it_is_published) {
  const Golden golden("hf_gpt2_lm");
  nn::TensorFile weights = renamed(weights_of(golden), "transformer.*", "*");
  for (const char* mask : {"h.0.attn.bias", "h.1.attn.bias", "h.0.attn.masked_bias"}) {
    weights.tensors.emplace_back(mask, Tensor::ones({1, 1, 2, 2}));
  }
  weights.tensors.emplace_back("lm_head.weight", weights.at("wte.weight").tensor());
  Generator rng(1);
  Gpt2 model(gpt2_options(weights, 2), rng);
  nn::load_into(model, weights, "", gpt2_names());
  expect_close("logits", model(golden.ids("input.input_ids")), golden["extra.logits"]);
}

BOOST_AUTO_TEST_CASE(bert_as_it_is_published) {
  const Golden golden("hf_bert_mlm");
  nn::TensorFile weights = renamed(weights_of(golden), "*.LayerNorm.weight", "*.LayerNorm.gamma");
  weights = renamed(weights, "*.LayerNorm.bias", "*.LayerNorm.beta");
  const Tensor words = weights.at("bert.embeddings.word_embeddings.weight").tensor();
  weights.tensors.emplace_back("bert.embeddings.position_ids", Indices({1, 2}, {0, 1}));
  weights.tensors.emplace_back("bert.pooler.dense.weight", Tensor::ones({8, 8}));
  weights.tensors.emplace_back("cls.seq_relationship.weight", Tensor::ones({2, 8}));
  weights.tensors.emplace_back("cls.predictions.decoder.weight", words);
  weights.tensors.emplace_back("cls.predictions.decoder.bias",
                               weights.at("cls.predictions.bias").tensor());
  Generator rng(1);
  Bert model(bert_options(weights, 2), rng);
  nn::load_into(model, weights, "", bert_names());
  expect_close("logits",
               model(golden.ids("input.input_ids"), golden.ids("input.token_type_ids"),
                     golden.mask("input.attention_mask", 1)),
               golden["extra.logits"]);
}

BOOST_AUTO_TEST_CASE(sizes_come_from_the_file) {
  const nn::TensorFile weights = weights_of(Golden("hf_bert_mlm"));
  const BertOptions bert = bert_options(weights, 2);
  BOOST_CHECK_EQUAL(bert.vocabulary, 17);
  BOOST_CHECK_EQUAL(bert.context, 8);
  BOOST_CHECK_EQUAL(bert.token_types, 2);
  BOOST_CHECK_EQUAL(bert.width, 8);
  BOOST_CHECK_EQUAL(bert.hidden, 12);
  BOOST_CHECK_EQUAL(bert.layers, 2);
  expect_throw<ValueError>([&] { bert_options(weights, 3); },
                           "[Bert] 3 heads do not divide the width 8");
  expect_throw<FormatError>([&] { gpt2_options(weights, 2); },
                            "[safetensors] there is no tensor 'transformer.wte.weight'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
