// GPT-2 as it is published for PyTorch, parameter by parameter, so that its weights run here.
// Radford et al. 2019, "Language models are unsupervised multitask learners".
//
//   x = wte[ids] + wpe[0 ... T-1]
//   x = x + c_proj(attention(c_attn(ln_1(x))));   x = x + c_proj(gelu(c_fc(ln_2(x)))), a block
//   logits = ln_f(x) wte^T
//
// Attention is causal, gelu its tanh form, and the output matrix is the embedding. Names are those
// of the transformers package: transformer.wte.weight (V, C), transformer.wpe.weight (context, C),
// transformer.h.N.ln_1, attn.c_attn, attn.c_proj, ln_2, mlp.c_fc, mlp.c_proj, transformer.ln_f.
// Its maps (attention/maps.h) have the paths transformer.h.N.attn.
#pragma once

#include <string>
#include <vector>

#include "attention/mixer.h"
#include "nn/embedding.h"
#include "nn/files/weights.h"
#include "nn/layer_norm.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL {

// y = x weight + bias with weight (in, out): the other way round than nn::Linear, as GPT-2's files
// have it.
class Conv1D : public nn::Module {
 public:
  Conv1D(Index in, Index out, Generator& rng);
  // x (..., in) -> (..., out).
  Tensor operator()(const Tensor& x) const;

 private:
  Tensor weight_;
  Tensor bias_;
};

struct Gpt2Options {
  Index vocabulary = 0;
  Index context = 0;
  Index width = 0;
  Index hidden = 0;
  Index layers = 0;
  Index heads = 0;  // the only one that no file of weights says
};

// Reads them off the shapes of the tensors. Throws FormatError when these are not of a GPT-2,
// ValueError unless the heads divide the width.
Gpt2Options gpt2_options(const nn::TensorFile& weights, Index heads);
// How published files are loaded: names with "transformer." in front or without, causal masks
// stored beside the weights, the output matrix stored once more.
nn::LoadOptions gpt2_names();

// What the blocks remember of the tokens that went by: keys and values, (B, past, 2C) each.
using Gpt2State = std::vector<attention::MixerState>;

// All but the output matrix: GPT2Model. Alone, it has the names without "transformer.".
class Gpt2Encoder : public nn::Module {
 public:
  // `path` stands in front of the paths of its maps: "transformer." inside a Gpt2.
  Gpt2Encoder(const Gpt2Options& options, Generator& rng, const std::string& path = "");

  // ids (B, T), T <= context -> (B, T, C).
  Tensor operator()(const Indices& ids) const;
  // The same for ids that follow what `state` has seen (empty: nothing); notes them there.
  Tensor operator()(const Indices& ids, Gpt2State& state) const;
  // (V, C).
  const Tensor& words() const { return wte_.weight(); }

 private:
  class Block;
  std::vector<Block*> make_blocks(const Gpt2Options& options, Generator& rng,
                                  const std::string& path);
  Tensor features(const Indices& ids, Gpt2State* state) const;

  nn::Embedding& wte_;
  nn::LearnedPositions& wpe_;
  std::vector<Block*> blocks_;
  nn::LayerNorm& ln_f_;
};

class Gpt2 : public nn::Module {
 public:
  using State = Gpt2State;

  // Weights N(0, 0.02^2), biases 0.
  Gpt2(const Gpt2Options& options, Generator& rng);

  // ids (B, T), T <= context -> logits (B, T, V).
  Tensor operator()(const Indices& ids) const;
  // The same for ids that follow what `state` has seen (empty: nothing); notes them there.
  Tensor operator()(const Indices& ids, Gpt2State& state) const;
  // The mean cross-entropy of logits[:, :-1] for labels[:, 1:]: labels are the ids themselves, or
  // -100 where there is nothing to learn. logits (B, T, V), labels (B, T).
  static Tensor loss(const Tensor& logits, const Indices& labels);

  const Gpt2Options& options() const { return options_; }
  const Gpt2Encoder& encoder() const { return transformer_; }

 private:
  Gpt2Options options_;
  Gpt2Encoder& transformer_;
};

}  // namespace heed::inline HEED_REAL
