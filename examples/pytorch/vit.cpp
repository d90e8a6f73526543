#include "examples/pytorch/vit.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "examples/pytorch/parts.h"
#include "examples/pytorch/sizes.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double deviation = 0.02;
constexpr const char* prefix = "vit.";
constexpr double eps = 1e-12;

}  // namespace

VitOptions vit_options(const nn::TensorFile& weights, Index heads) {
  const PublishedFile file(weights, prefix);
  const Shape patches = file.shape("embeddings.patch_embeddings.projection.weight", 4);
  check_heads("Vit", heads, patches[0]);
  return {.channels = patches[1],
          .patch = patches[2],
          .positions = file.shape("embeddings.position_embeddings", 3)[1],
          .width = patches[0],
          .hidden = file.shape("encoder.layer.0.intermediate.dense.weight", 2)[0],
          .layers = file.numbered("encoder.layer.", ".output.dense.weight"),
          .heads = heads,
          .classes = file.has("classifier.weight") ? file.shape("classifier.weight", 2)[0] : 0};
}

nn::LoadOptions vit_names() {
  nn::NameMap map;
  map.join({"*.attention.attention.query.*", "*.attention.attention.key.*",
            "*.attention.attention.value.*"},
           "*.self_attn.in_proj_*")
      .rename("*.attention.output.dense.*", "*.self_attn.out_proj.*")
      .rename("*.intermediate.dense.*", "*.linear1.*")
      .rename("*.output.dense.*", "*.linear2.*")
      .rename("*.layernorm_before.*", "*.norm1.*")
      .rename("*.layernorm_after.*", "*.norm2.*");
  return {.ignore = {"pooler.*"}, .optional_prefix = prefix, .map = map};
}

Vit::Vit(const VitOptions& options, Generator& rng)
    : class_token_(param("embeddings.cls_token", rng.normal({1, 1, options.width}, 0, deviation))),
      positions_(param("embeddings.position_embeddings",
                       rng.normal({1, options.positions, options.width}, 0, deviation))),
      patches_(child<nn::Conv2d>("embeddings.patch_embeddings.projection", options.channels,
                                 options.width, options.patch, rng, {.stride = options.patch})),
      norm_(child<nn::LayerNorm>("layernorm", options.width, {.eps = eps})) {
  const attention::BlockOptions block{
      .width = options.width, .hidden = options.hidden, .eps = eps};
  for (Index i = 0; i < options.layers; ++i) {
    auto mixer = self_attention(options.width, options.heads, Seen::everything, rng);
    blocks_.push_back(&child<attention::EncoderBlock>(fmt::format("encoder.layer.{}", i), block,
                                                      std::move(mixer), rng));
  }
  if (options.classes == 0) return;
  classifier_ = &child<nn::Linear>("classifier", options.width, options.classes, rng);
}

Tensor Vit::features(const Tensor& pictures) const {
  Tensor x = with_class_token("Vit", patches_(pictures), class_token_, positions_.dim(1));
  x = x + positions_;  // (B, positions, C)
  for (const attention::EncoderBlock* block : blocks_) x = (*block)(x);
  return norm_(x);
}

Tensor Vit::operator()(const Tensor& pictures) const {
  if (!classifier_) throw ValueError("[Vit] has no classifier: ask for its features()");
  return (*classifier_)(select(features(pictures), 1, 0));  // (B, positions, C) -> (B, classes)
}

}  // namespace heed::inline HEED_REAL
