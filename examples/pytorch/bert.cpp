#include "examples/pytorch/bert.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"
#include "examples/pytorch/attend.h"
#include "examples/pytorch/sizes.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double deviation = 0.02;
constexpr const char* prefix = "bert.";
constexpr nn::LayerNormOptions norm_options{.eps = 1e-12};

}  // namespace

class BertEncoder::Layer : public nn::Module {
 public:
  Layer(const BertOptions& options, Generator& rng, std::string path)
      : path_(std::move(path)),
        heads_(options.heads),
        size_(options.width / options.heads),
        query_(child<nn::Linear>("attention.self.query", options.width, options.width, rng)),
        key_(child<nn::Linear>("attention.self.key", options.width, options.width, rng)),
        value_(child<nn::Linear>("attention.self.value", options.width, options.width, rng)),
        mixed_(child<nn::Linear>("attention.output.dense", options.width, options.width, rng)),
        mixed_norm_(
            child<nn::LayerNorm>("attention.output.LayerNorm", options.width, norm_options)),
        intermediate_(child<nn::Linear>("intermediate.dense", options.width, options.hidden, rng)),
        output_(child<nn::Linear>("output.dense", options.hidden, options.width, rng)),
        output_norm_(child<nn::LayerNorm>("output.LayerNorm", options.width, norm_options)) {}

  // x (B, T, C), visible (B, 1, 1, T) -> (B, T, C).
  Tensor operator()(const Tensor& x, const Mask& visible) const {
    const auto heads = [&](const Tensor& projected) { return Heads{projected, 0, heads_, size_}; };
    const Tensor mixed =
        attend(heads(query_(x)), heads(key_(x)), heads(value_(x)), {.visible = visible}, path_);
    const Tensor h = mixed_norm_(x + mixed_(mixed));
    return output_norm_(h + output_(gelu(intermediate_(h))));
  }

 private:
  std::string path_;
  Index heads_;
  Index size_;
  nn::Linear& query_;
  nn::Linear& key_;
  nn::Linear& value_;
  nn::Linear& mixed_;
  nn::LayerNorm& mixed_norm_;
  nn::Linear& intermediate_;
  nn::Linear& output_;
  nn::LayerNorm& output_norm_;
};

BertOptions bert_options(const nn::TensorFile& weights, Index heads) {
  const PublishedFile file(weights, prefix);
  const Shape words = file.shape("embeddings.word_embeddings.weight", 2);
  const Shape hidden = file.shape("encoder.layer.0.intermediate.dense.weight", 2);
  check_heads("Bert", heads, words[1]);
  return {.vocabulary = words[0],
          .context = file.shape("embeddings.position_embeddings.weight", 2)[0],
          .token_types = file.shape("embeddings.token_type_embeddings.weight", 2)[0],
          .width = words[1],
          .hidden = hidden[0],
          .layers = file.numbered("encoder.layer.", ".output.dense.weight"),
          .heads = heads};
}

nn::LoadOptions bert_names() {
  nn::NameMap map;
  map.rename("*.gamma", "*.weight").rename("*.beta", "*.bias");
  return {.ignore = {"embeddings.position_ids", "pooler.*", "cls.seq_relationship.*"},
          .optional_prefix = prefix,
          .map = map,
          .tied = {{"embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"},
                   {"cls.predictions.bias", "cls.predictions.decoder.bias"}}};
}

BertEncoder::BertEncoder(const BertOptions& options, Generator& rng, const std::string& path)
    : word_(child<nn::Embedding>(
          "embeddings.word_embeddings", options.vocabulary, options.width, rng,
          nn::EmbeddingOptions{.padding_id = options.padding_id, .deviation = deviation})),
      position_(child<nn::LearnedPositions>("embeddings.position_embeddings", options.context,
                                            options.width, rng, deviation)),
      token_type_(child<nn::Embedding>("embeddings.token_type_embeddings", options.token_types,
                                       options.width, rng,
                                       nn::EmbeddingOptions{.deviation = deviation})),
      norm_(child<nn::LayerNorm>("embeddings.LayerNorm", options.width, norm_options)),
      layers_(make_layers(options, rng, path)) {}

std::vector<BertEncoder::Layer*> BertEncoder::make_layers(const BertOptions& options,
                                                          Generator& rng,
                                                          const std::string& path) {
  std::vector<Layer*> layers;
  for (Index i = 0; i < options.layers; ++i) {
    const std::string name = fmt::format("encoder.layer.{}", i);
    layers.push_back(&child<Layer>(name, options, rng, path + name + ".attention.self"));
  }
  return layers;
}

Tensor BertEncoder::operator()(const Indices& ids, const Indices& types, const Mask& mask) const {
  Tensor x = norm_(position_(word_(ids) + token_type_(types)));  // (B, T) -> (B, T, C)
  const Mask visible = mask.reshape({mask.shape()[0], 1, 1, mask.shape()[1]});  // (B, 1, 1, T)
  for (const Layer* layer : layers_) x = (*layer)(x, visible);
  return x;
}

Bert::Bert(const BertOptions& options, Generator& rng)
    : encoder_(child<BertEncoder>("bert", options, rng, prefix)),
      head_(
          child<nn::Linear>("cls.predictions.transform.dense", options.width, options.width, rng)),
      head_norm_(
          child<nn::LayerNorm>("cls.predictions.transform.LayerNorm", options.width, norm_options)),
      bias_(param("cls.predictions.bias", Tensor::zeros({options.vocabulary}))) {}

Tensor Bert::operator()(const Indices& ids, const Indices& types, const Mask& mask) const {
  const Tensor h = head_norm_(gelu(head_(encoder_(ids, types, mask))));  // (B, T) -> (B, T, C)
  return linear(h, encoder_.words(), bias_);                             // (B, T, C) -> (B, T, V)
}

}  // namespace heed::inline HEED_REAL
