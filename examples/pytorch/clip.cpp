#include "examples/pytorch/clip.h"

#include <fmt/format.h>

#include "autograd/ops.h"
#include "examples/pytorch/parts.h"
#include "examples/pytorch/sizes.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double deviation = 0.02;

Tensor quick_gelu(const Tensor& x) { return x * sigmoid(1.702 * x); }

// ids (B, T) -> where each text ends, in the tokens of all texts one behind the other: (B).
Indices ends_of(const Indices& ids) {
  const Index length = ids.shape()[1];
  std::vector<std::int32_t> ends;
  for (Index b = 0; b < ids.shape()[0]; ++b) {
    Index end = b * length;
    for (Index i = end; i < (b + 1) * length; ++i) end = ids[i] > ids[end] ? i : end;
    ends.push_back(static_cast<std::int32_t>(end));
  }
  return Indices({ids.shape()[0]}, std::move(ends));
}

ClipTower tower_of(const PublishedFile& file, const std::string& name, Index heads) {
  const std::string layers = name + ".encoder.layers.";
  const Shape hidden = file.shape(layers + "0.mlp.fc1.weight", 2);
  check_heads("Clip", heads, hidden[1]);
  return {.width = hidden[1],
          .hidden = hidden[0],
          .layers = file.numbered(layers, ".mlp.fc1.weight"),
          .heads = heads};
}

}  // namespace

class Clip::Blocks : public nn::Module {
 public:
  Blocks(const ClipTower& tower, Seen seen, Generator& rng) {
    const attention::BlockOptions block{
        .width = tower.width, .hidden = tower.hidden, .activation = quick_gelu};
    for (Index i = 0; i < tower.layers; ++i) {
      auto mixer = self_attention(tower.width, tower.heads, seen, rng);
      blocks_.push_back(&child<attention::EncoderBlock>(fmt::format("layers.{}", i), block,
                                                        std::move(mixer), rng));
    }
  }

  Tensor operator()(Tensor x) const {
    for (const attention::EncoderBlock* block : blocks_) x = (*block)(x);
    return x;
  }

 private:
  std::vector<attention::EncoderBlock*> blocks_;
};

class Clip::Text : public nn::Module {
 public:
  Text(const ClipOptions& options, Generator& rng)
      : words_(child<nn::Embedding>("embeddings.token_embedding", options.vocabulary,
                                    options.text.width, rng, {.deviation = deviation})),
        positions_(child<nn::LearnedPositions>("embeddings.position_embedding", options.context,
                                               options.text.width, rng, deviation)),
        encoder_(child<Blocks>("encoder", options.text, Seen::past, rng)),
        norm_(child<nn::LayerNorm>("final_layer_norm", options.text.width)) {}

  // (B, T) -> (B, C).
  Tensor operator()(const Indices& ids) const {
    const Tensor x = norm_(encoder_(positions_(words_(ids))));  // (B, T, C)
    return index_select(reshape(x, {-1, x.dim(2)}), ends_of(ids), 0);
  }

 private:
  nn::Embedding& words_;
  nn::LearnedPositions& positions_;
  Blocks& encoder_;
  nn::LayerNorm& norm_;
};

class Clip::Vision : public nn::Module {
 public:
  Vision(const ClipOptions& options, Generator& rng)
      : count_(options.positions),
        token_(param("embeddings.class_embedding",
                     rng.normal({options.vision.width}, 0, deviation))),
        patches_(child<nn::Conv2d>("embeddings.patch_embedding", options.channels,
                                   options.vision.width, options.patch, rng,
                                   {.stride = options.patch, .bias = false})),
        positions_(child<nn::LearnedPositions>("embeddings.position_embedding", options.positions,
                                               options.vision.width, rng, deviation)),
        pre_norm_(child<nn::LayerNorm>("pre_layrnorm", options.vision.width)),  // so it is spelt
        encoder_(child<Blocks>("encoder", options.vision, Seen::everything, rng)),
        post_norm_(child<nn::LayerNorm>("post_layernorm", options.vision.width)) {}

  // (B, channels, H, W) -> (B, C).
  Tensor operator()(const Tensor& pictures) const {
    const Tensor x = with_class_token("Clip", patches_(pictures), token_, count_);
    return post_norm_(select(encoder_(pre_norm_(positions_(x))), 1, 0));
  }

 private:
  Index count_;
  Tensor token_;
  nn::Conv2d& patches_;
  nn::LearnedPositions& positions_;
  nn::LayerNorm& pre_norm_;
  Blocks& encoder_;
  nn::LayerNorm& post_norm_;
};

ClipOptions clip_options(const nn::TensorFile& weights, Index text_heads, Index vision_heads) {
  const PublishedFile file(weights, "");
  const Shape words = file.shape("text_model.embeddings.token_embedding.weight", 2);
  const Shape patches = file.shape("vision_model.embeddings.patch_embedding.weight", 4);
  return {.text = tower_of(file, "text_model", text_heads),
          .vision = tower_of(file, "vision_model", vision_heads),
          .vocabulary = words[0],
          .context = file.shape("text_model.embeddings.position_embedding.weight", 2)[0],
          .channels = patches[1],
          .patch = patches[2],
          .positions = file.shape("vision_model.embeddings.position_embedding.weight", 2)[0],
          .shared = file.shape("text_projection.weight", 2)[0]};
}

nn::LoadOptions clip_names() {
  nn::NameMap map;
  map.join({"*.self_attn.q_proj.*", "*.self_attn.k_proj.*", "*.self_attn.v_proj.*"},
           "*.self_attn.in_proj_*")
      .rename("*.mlp.fc1.*", "*.linear1.*")
      .rename("*.mlp.fc2.*", "*.linear2.*")
      .rename("*.layer_norm1.*", "*.norm1.*")
      .rename("*.layer_norm2.*", "*.norm2.*")
      .rename("visual_projection.*", "head.project_a.*")
      .rename("text_projection.*", "head.project_b.*")
      .rename("logit_scale", "head.logit_scale");
  return {.ignore = {"*.position_ids"}, .map = map};
}

Clip::Clip(const ClipOptions& options, Generator& rng)
    : text_(child<Text>("text_model", options, rng)),
      vision_(child<Vision>("vision_model", options, rng)),
      head_(child<attention::ClipHead>(
          "head",
          attention::ClipHeadOptions{.width_a = options.vision.width,
                                     .width_b = options.text.width,
                                     .shared = options.shared},
          rng)) {}

Tensor Clip::texts(const Indices& ids) const {
  return head_.share_b(text_(ids));  // (B, T) -> (B, shared)
}

Tensor Clip::pictures(const Tensor& pictures) const {
  return head_.share_a(vision_(pictures));  // -> (B, shared)
}

Tensor Clip::operator()(const Tensor& pictures, const Indices& ids) const {
  return head_.compare(this->pictures(pictures), texts(ids));
}

}  // namespace heed::inline HEED_REAL
