#include "examples/pytorch/gpt2.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"
#include "examples/pytorch/attend.h"
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

class Gpt2Encoder::Block : public nn::Module {
 public:
  Block(const Gpt2Options& options, Generator& rng, std::string path)
      : path_(std::move(path)),
        width_(options.width),
        heads_(options.heads),
        ln_1_(child<nn::LayerNorm>("ln_1", width_)),
        c_attn_(child<Conv1D>("attn.c_attn", width_, 3 * width_, rng)),
        attn_c_proj_(child<Conv1D>("attn.c_proj", width_, width_, rng)),
        ln_2_(child<nn::LayerNorm>("ln_2", width_)),
        c_fc_(child<Conv1D>("mlp.c_fc", width_, options.hidden, rng)),
        mlp_c_proj_(child<Conv1D>("mlp.c_proj", options.hidden, width_, rng)) {}

  // x (B, T, C) -> (B, T, C). Goes on from the state, if there is one, and notes x there.
  Tensor operator()(const Tensor& x, attention::MixerState* state) const {
    const Tensor h = x + attn_c_proj_(mixed(c_attn_(ln_1_(x)), state));
    return h + mlp_c_proj_(gelu_tanh(c_fc_(ln_2_(h))));
  }

 private:
  // (B, T, 3C): query, key and value side by side -> (B, T, C).
  Tensor mixed(const Tensor& qkv, attention::MixerState* state) const {
    const auto heads = [&](const Tensor& source, Index offset) {
      return Heads{source, offset, heads_, width_ / heads_};
    };
    Heads k = heads(qkv, width_), v = heads(qkv, 2 * width_);
    if (state) {
      Tensor pairs = slice(qkv, 2, width_, 3 * width_);  // (B, T, 2C)
      if (!state->tensors.empty()) pairs = append(state->tensors[0], pairs, 1);
      *state = {{pairs}, state->seen + qkv.dim(1)};
      k = heads(pairs, 0), v = heads(pairs, width_);
    }
    return attend(heads(qkv, 0), k, v, {.causal = true}, path_);
  }

  std::string path_;
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
  const Shape tokens = file.shape("wte.weight", 2);
  const Shape hidden = file.shape("h.0.mlp.c_fc.weight", 2);
  check_heads("Gpt2", heads, tokens[1]);
  return {.vocabulary = tokens[0],
          .context = file.shape("wpe.weight", 2)[0],
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

Gpt2Encoder::Gpt2Encoder(const Gpt2Options& options, Generator& rng, const std::string& path)
    : wte_(child<nn::Embedding>("wte", options.vocabulary, options.width, rng,
                                nn::EmbeddingOptions{.deviation = deviation})),
      wpe_(child<nn::LearnedPositions>("wpe", options.context, options.width, rng, deviation)),
      blocks_(make_blocks(options, rng, path)),
      ln_f_(child<nn::LayerNorm>("ln_f", options.width)) {}

std::vector<Gpt2Encoder::Block*> Gpt2Encoder::make_blocks(const Gpt2Options& options,
                                                          Generator& rng,
                                                          const std::string& path) {
  std::vector<Block*> blocks;
  for (Index i = 0; i < options.layers; ++i) {
    const std::string name = fmt::format("h.{}", i);
    blocks.push_back(&child<Block>(name, options, rng, path + name + ".attn"));
  }
  return blocks;
}

Tensor Gpt2Encoder::features(const Indices& ids, Gpt2State* state) const {
  if (state) state->resize(blocks_.size());
  Tensor x = wpe_(wte_(ids), state ? state->front().seen : 0);  // (B, T) -> (B, T, C)
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    x = (*blocks_[i])(x, state ? &(*state)[i] : nullptr);
  }
  return ln_f_(x);
}

Tensor Gpt2Encoder::operator()(const Indices& ids) const { return features(ids, nullptr); }

Tensor Gpt2Encoder::operator()(const Indices& ids, Gpt2State& state) const {
  return features(ids, &state);
}

Gpt2::Gpt2(const Gpt2Options& options, Generator& rng)
    : options_(options), transformer_(child<Gpt2Encoder>("transformer", options, rng, prefix)) {}

Tensor Gpt2::operator()(const Indices& ids) const {
  return linear(transformer_(ids), transformer_.words(), {});  // (B, T, C) -> (B, T, V)
}

Tensor Gpt2::operator()(const Indices& ids, Gpt2State& state) const {
  return linear(transformer_(ids, state), transformer_.words(), {});  // (B, T, C) -> (B, T, V)
}

Tensor Gpt2::loss(const Tensor& logits, const Indices& labels) {
  return cross_entropy(slice(logits, 1, 0, -1), without_first(labels));
}

}  // namespace heed::inline HEED_REAL
