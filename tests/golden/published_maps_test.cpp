// ViT, CLIP and Whisper against the transformers package: models of public layers, loaded through a
// map of names. Outputs, and the gradient of every weight, which the same map brings.
#include <boost/test/unit_test.hpp>

#include "autograd/ops.h"
#include "autograd/skip_init.h"
#include "examples/generation/generate.h"
#include "examples/pytorch/clip.h"
#include "examples/pytorch/vit.h"
#include "examples/pytorch/whisper.h"
#include "nn/similarity.h"
#include "tests/golden/golden.h"
#include "tests/nn/throws.h"

namespace heed_test {
namespace {

// A model whose weights are the tensors below "param." or "grad.param.".
template <class Model, class Options>
std::unique_ptr<Model> loaded(const Options& options, const nn::TensorFile& weights,
                              const nn::LoadOptions& names) {
  const SkipInit skip;
  Generator rng(1);
  auto model = std::make_unique<Model>(options, rng);
  nn::load_into(*model, weights, "", names);
  return model;
}

// What backward() left in `model`, against what the file has, in another model of that kind.
void expect_gradients(const nn::Module& model, const nn::Module& expected) {
  const auto ours = model.parameters(), theirs = expected.parameters();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    expect_close("gradient of " + ours[i].name, ours[i].value.grad(), theirs[i].value);
  }
}

BOOST_AUTO_TEST_SUITE(published_maps)

BOOST_AUTO_TEST_CASE(vit) {
  const Golden golden("hf_vit");
  const nn::TensorFile weights = golden.below("param.");
  const VitOptions options = vit_options(weights, 2);
  const auto model = loaded<Vit>(options, weights, vit_names());
  const Tensor pictures = golden["input.pictures"];
  expect_golden(
      golden, {},
      {{"output.features", model->features(pictures)}, {"output.logits", (*model)(pictures)}}, {});
  expect_gradients(*model, *loaded<Vit>(options, golden.below("grad.param."), vit_names()));
}

BOOST_AUTO_TEST_CASE(vit_without_its_classifier) {
  const Golden golden("hf_vit");
  nn::TensorFile weights;  // as ViTModel has them: another prefix, and a pooler
  for (const nn::StoredTensor& tensor : golden.below("param.vit.").tensors) {
    weights.tensors.push_back(tensor);
  }
  weights.tensors.emplace_back("pooler.dense.weight", Tensor::ones({8, 8}));
  const auto model = loaded<Vit>(vit_options(weights, 2), weights, vit_names());
  const Tensor pictures = golden["input.pictures"];
  expect_close("features", model->features(pictures), golden["output.features"]);
  expect_throw<ValueError>([&] { (*model)(pictures); },
                           "[Vit] has no classifier: ask for its features()");
  expect_throw<ShapeError>(
      [&] { model->features(Tensor::zeros({1, 2, 8, 12})); },
      "[Vit] a picture of 2 x 3 patches makes 7 tokens with the class token, and there are 5 "
      "positions\nhint: pictures have the size that the model was trained on");
}

BOOST_AUTO_TEST_CASE(clip) {
  const Golden golden("hf_clip");
  nn::TensorFile weights = golden.below("param.");
  // Older files have these, too.
  weights.tensors.emplace_back("text_model.embeddings.position_ids", Indices({1, 2}, {0, 1}));
  const ClipOptions options = clip_options(weights, 2, 2);
  const auto model = loaded<Clip>(options, weights, clip_names());
  const Tensor pictures = golden["input.pixel_values"];
  const Indices ids = golden.ids("input.input_ids");
  expect_close("pictures", model->pictures(pictures), golden["extra.image_embeds"]);
  expect_close("texts", model->texts(ids), golden["extra.text_embeds"]);
  const Tensor logits = (*model)(pictures, ids);
  const Tensor loss = nn::info_nce(logits, true);
  expect_golden(golden, {}, {{"output.logits_per_image", logits}, {"output.loss", loss}}, {});
  expect_gradients(*model, *loaded<Clip>(options, golden.below("grad.param."), clip_names()));
}

std::unique_ptr<Whisper> whisper(const Golden& golden, const char* below = "param.") {
  const nn::TensorFile weights = golden.below(below);
  return loaded<Whisper>(whisper_options(weights, 2), weights, whisper_names());
}

BOOST_AUTO_TEST_CASE(whisper_reads_and_writes) {
  const Golden golden("hf_whisper");
  const auto model = whisper(golden);
  const Tensor memory = model->encode(golden["input.features"]);
  const Tensor logits = model->decode(golden.ids("input.ids"), memory);
  // Positions of sounds are sines that the package does not train.
  const auto expected = whisper(golden, "grad.param.");
  expect_golden(golden, {}, {{"output.memory", memory}, {"output.logits", logits}}, {});
  for (const auto& [name, value] : model->parameters()) {
    if (name == "encoder.embed_positions.weight") value.set_grad(Tensor::zeros(value.shape()));
  }
  expect_gradients(*model, *expected);
}

BOOST_AUTO_TEST_CASE(whisper_with_its_output_matrix_stored_again) {
  const Golden golden("hf_whisper");
  nn::TensorFile weights = golden.below("param.model.");
  const Tensor words = weights.at("decoder.embed_tokens.weight").tensor();
  weights.tensors.emplace_back("proj_out.weight", words);
  const auto model = loaded<Whisper>(whisper_options(weights, 2), weights, whisper_names());
  const Tensor memory = model->encode(golden["input.features"]);
  expect_close("logits", model->decode(golden.ids("input.ids"), memory), golden["output.logits"]);
}

BOOST_AUTO_TEST_CASE(whisper_goes_on_from_a_state) {
  const Golden golden("hf_whisper");
  const auto model = whisper(golden);
  const Indices ids = golden.ids("input.ids");  // (B, T)
  Tensor memory = golden["output.memory"];
  WhisperState state;
  std::vector<Tensor> parts;
  for (Index t = 0; t < ids.shape()[1]; ++t) {
    parts.push_back(model->decode(slice(ids, 1, t, t + 1), memory, state));
    memory = Tensor::zeros(memory.shape());  // it was projected with the first token
  }
  expect_close("token by token", concat(parts, 1), golden["output.logits"]);
}

BOOST_AUTO_TEST_CASE(whisper_writes_a_text) {
  const Golden golden("hf_whisper");
  const auto model = whisper(golden);
  const NoGrad no_grad;
  const Tensor memory = slice(golden["output.memory"], 0, 0, 1);
  Generator rng(1);
  const GenerateOptions likeliest{.max_new_tokens = 4, .temperature = 0};
  const auto text = generate(WhisperReader(*model, memory), {1, 5}, likeliest, rng);
  const auto anew = [&](std::span<const std::int32_t> tokens) {
    const Indices ids({1, static_cast<Index>(tokens.size())}, {tokens.begin(), tokens.end()});
    return model->decode(ids, memory);
  };
  BOOST_CHECK(text == generate(anew, {1, 5}, likeliest, rng));
  BOOST_CHECK_EQUAL(text.size(), 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace heed_test
