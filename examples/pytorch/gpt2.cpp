#include "examples/pytorch/gpt2.h"

#include "autograd/ops.h"
#include "examples/pytorch/sizes.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr double deviation = 0.02;
constexpr const char* prefix = "transformer.";

// ids (B, T) -> (B, T - 1).
Indices without_first(const Indices& ids) {
  const Index length = ids.shape()[1];
  std::vector<std::int32_t> kept;
  for (Index i = 0; i < ids.size(); ++i) {
    if (i % length != 0) kept.push_back(ids[i]);
  }
  return Indices({ids.shape()[0], length - 1}, std::move(kept));
}

}  // namespace

Conv1D::Conv1D(Index in, Index out, Generator& rng)
    : weight_(param("weight", rng.normal({in, out}, 0, deviation))),
      bias_(param("bias", Tensor::zeros({out}))) {}

Tensor Conv1D::operator()(const Tensor& x) const { return matmul(x, weight_) + bias_; }

class Gpt2::Block : public nn::Module {
 public:
  Block(const Gpt2Options& options, Generator& rng)
      : width_(options.width),
        heads_(options.heads),
        ln_1_(child<nn::LayerNorm>("ln_1", width_)),
        c_attn_(child<Conv1D>("attn.c_attn", width_, 3 * width_, rng)),
        attn_c_proj_(child<Conv1D>("attn.c_proj", width_, width_, rng)),
        ln_2_(child<nn::LayerNorm>("ln_2", width_)),
        c_fc_(child<Conv1D>("mlp.c_fc", width_, options.hidden, rng)),
        mlp_c_proj_(child<Conv1D>("mlp.c_proj", options.hidden, width_, rng)) {}

  // x (B, T, C) -> (B, T, C).
  Tensor operator()(const Tensor& x) const {
    const Tensor h = x + attn_c_proj_(attention(c_attn_(ln_1_(x))));
    return h + mlp_c_proj_(gelu_tanh(c_fc_(ln_2_(h))));
  }

 private:
  // (B, T, 3C): query, key and value side by side -> (B, T, C).
  Tensor attention(const Tensor& qkv) const {
    const Index size = width_ / heads_;
    const auto part = [&](Index i) { return Heads{qkv, i * width_, heads_, size}; };
    return dot_product_attention(part(0), part(1), part(2), {.causal = true});
  }

  Index width_;
  Index heads_;
  nn::LayerNorm& ln_1_;
  Conv1D& c_attn_;
  Conv1D& attn_c_proj_;
  nn::LayerNorm& ln_2_;
  Conv1D& c_fc_;
  Conv1D& mlp_c_proj_;
};

Gpt2Options gpt2_options(const nn::TensorFile& weights, Index heads) {
  const PublishedFile file(weights, prefix);
  const Shape tokens = file.matrix_shape("wte.weight");
  const Shape hidden = file.matrix_shape("h.0.mlp.c_fc.weight");
  check_heads("Gpt2", heads, tokens[1]);
  return {.vocabulary = tokens[0],
          .context = file.matrix_shape("wpe.weight")[0],
          .width = tokens[1],
          .hidden = hidden[1],
          .layers = file.numbered("h.", ".ln_1.weight"),
          .heads = heads};
}

nn::LoadOptions gpt2_names() {
  return {.ignore = {"h.*.attn.bias", "h.*.attn.masked_bias"},
          .optional_prefix = prefix,
          .tied = {{"wte.weight", "lm_head.weight"}}};
}

Gpt2::Gpt2(const Gpt2Options& options, Generator& rng)
    : wte_(child<nn::Embedding>("transformer.wte", options.vocabulary, options.width, rng,
                                nn::EmbeddingOptions{.deviation = deviation})),
      wpe_(child<nn::LearnedPositions>("transformer.wpe", options.context, options.width, rng,
                                       deviation)),
      blocks_(children<Block>("transformer.h", options.layers, options, rng)),
      ln_f_(child<nn::LayerNorm>("transformer.ln_f", options.width)) {}

Tensor Gpt2::operator()(const Indices& ids) const {
  Tensor x = wpe_(wte_(ids));  // (B, T) -> (B, T, C)
  for (const Block* block : blocks_) x = (*block)(x);
  return linear(ln_f_(x), wte_.weight(), {});  // (B, T, C) -> (B, T, V)
}

Tensor Gpt2::loss(const Tensor& logits, const Indices& labels) {
  return cross_entropy(slice(logits, 1, 0, -1), without_first(labels));
}

}  // namespace heed::inline HEED_REAL
