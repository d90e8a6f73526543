// GPT-2 and BERT against the transformers package: logits, loss, and the gradient of every weight.
#include <boost/test/unit_test.hpp>

#include "attention/maps.h"
#include "autograd/ops.h"
#include "autograd/skip_init.h"
#include "examples/pytorch/bert.h"
#include "examples/pytorch/gpt2.h"
#include "nn/files/weights.h"
#include "tests/golden/golden.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

nn::TensorFile weights_of(const Golden& golden) { return golden.below("param."); }

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

std::vector<std::string> paths_of(const attention::MapRecorder& recorder) {
  std::vector<std::string> paths;
  for (const attention::Map& map : recorder.maps()) paths.push_back(map.path);
  return paths;
}

BOOST_AUTO_TEST_CASE(gpt2_goes_on_from_a_state) {
  const Golden golden("hf_gpt2_lm");
  const nn::TensorFile weights = weights_of(golden);
  const SkipInit skip;
  Generator rng(1);
  Gpt2 model(gpt2_options(weights, 2), rng);
  nn::load_into(model, weights);
  const Indices ids = golden.ids("input.input_ids");  // (B, T)
  const Index length = ids.shape()[1];
  Gpt2State state;
  std::vector<Tensor> parts{model(slice(ids, 1, 0, 2), state)};
  for (Index t = 2; t < length; ++t) parts.push_back(model(slice(ids, 1, t, t + 1), state));
  expect_close("token by token", concat(parts, 1), golden["extra.logits"]);
  BOOST_CHECK_EQUAL(state[0].seen, length);
  // With the past in a state the maps show all keys.
  Gpt2State half;
  model(slice(ids, 1, 0, 2), half);
  const attention::MapRecorder recorder;
  expect_close("looked at", model(slice(ids, 1, 2, length), half),
               slice(golden["extra.logits"], 1, 2, length));
  BOOST_CHECK(recorder.maps()[0].weights.shape() == Shape({ids.shape()[0], 2, length - 2, length}));
}

BOOST_AUTO_TEST_CASE(their_maps_say_the_layer) {
  const Golden golden("hf_bert_mlm");
  const nn::TensorFile weights = weights_of(golden);
  Generator rng(1);
  Bert model(bert_options(weights, 2), rng);
  nn::load_into(model, weights);
  const attention::MapRecorder recorder;
  const Tensor logits = model(golden.ids("input.input_ids"), golden.ids("input.token_type_ids"),
                              golden.mask("input.attention_mask", 1));
  expect_close("looked at", logits, golden["extra.logits"]);
  BOOST_CHECK((paths_of(recorder) ==
               std::vector<std::string>{"bert.encoder.layer.0.attention.self",
                                        "bert.encoder.layer.1.attention.self"}));
  const Tensor sums = sum(recorder.maps()[1].weights, -1);
  expect_close("rows", sums, Tensor::ones(sums.shape()));

  const Golden of_gpt2("hf_gpt2_lm");
  Gpt2 gpt2(gpt2_options(weights_of(of_gpt2), 2), rng);
  const attention::MapRecorder inner;
  gpt2(of_gpt2.ids("input.input_ids"));
  BOOST_CHECK_EQUAL(paths_of(inner).at(1), "transformer.h.1.attn");
  const Tensor upper = triu(inner.maps()[0].weights, 1);
  expect_close("nobody sees the future", upper, Tensor::zeros(upper.shape()));
}

BOOST_AUTO_TEST_CASE(an_encoder_alone) {
  const Golden golden("hf_gpt2_lm");
  const nn::TensorFile weights = weights_of(golden);
  const Indices ids = golden.ids("input.input_ids");
  Generator rng(1);
  Gpt2Encoder gpt2(gpt2_options(weights, 2), rng);
  nn::load_into(gpt2, weights, "", gpt2_names());
  expect_close("logits", linear(gpt2(ids), gpt2.words(), {}), golden["extra.logits"]);
  const attention::MapRecorder recorder;
  gpt2(ids);
  BOOST_CHECK_EQUAL(paths_of(recorder).at(0), "h.0.attn");

  const nn::TensorFile of_bert = weights_of(Golden("hf_bert_mlm"));
  BertEncoder bert(bert_options(of_bert, 2), rng);
  nn::LoadOptions names = bert_names();
  names.ignore.push_back("cls.*");
  nn::load_into(bert, of_bert, "", names);
  const Tensor words = of_bert.at("bert.embeddings.word_embeddings.weight").tensor();
  expect_close("words", bert.words(), words);
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
  expect_throw_with<FormatError>(
      [&] { gpt2_options(weights, 2); },
      "[load] the file is of another model: there is no 'transformer.wte.weight'\n"
      "hint: of its 42 tensors the first is 'bert.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
