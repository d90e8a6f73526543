#include "attention/pairs/vilbert.h"

#include "attention/dense/multi_head.h"
#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "vilbert";

CoTransformerOptions completed(CoTransformerOptions options) {
  if (options.width_b == 0) options.width_b = options.width_a;
  nn::check_positive(name, {{"width_a", options.width_a},
                            {"width_b", options.width_b},
                            {"heads", options.heads}});
  return options;
}

BlockOptions block_of(Index width, Index hidden) {
  return {.width = width, .hidden = hidden, .norm_first = false};
}

std::unique_ptr<Mixer> attention_to(Index other, Index width, Index heads, Generator& rng) {
  const MultiHeadOptions options{.width = width,
                                 .heads = heads,
                                 .kdim = other,
                                 .vdim = other,
                                 .context = Context::required};
  return std::make_unique<MultiHead>(options, rng, name);
}

}  // namespace

CoTransformer::CoTransformer(const CoTransformerOptions& options, Generator& rng)
    : options_(completed(options)),
      a_(child<EncoderBlock>("a", block_of(options_.width_a, options_.hidden_a),
                             attention_to(options_.swapped ? options_.width_b : options_.width_a,
                                          options_.width_a, options_.heads, rng),
                             rng)),
      b_(child<EncoderBlock>("b", block_of(options_.width_b, options_.hidden_b),
                             attention_to(options_.swapped ? options_.width_a : options_.width_b,
                                          options_.width_b, options_.heads, rng),
                             rng)) {}

BothStreams CoTransformer::operator()(const Tensor& a, const Tensor& b, const Mask& real_a,
                                  const Mask& real_b) const {
  nn::check_shape(name, "a", a, "(B, N, Ca)", {-1, -1, options_.width_a});
  nn::check_shape(name, "b", b, "(B, T, Cb)", {a.dim(0), -1, options_.width_b});
  const Mask of_a = over_scores(name, a, real_a), of_b = over_scores(name, b, real_b);
  if (!options_.swapped) {
    return {a_(MixerInput{.x = a, .context = a, .mask = of_a}).y,
            b_(MixerInput{.x = b, .context = b, .mask = of_b}).y};
  }
  return {a_(MixerInput{.x = a, .context = b, .mask = of_b}).y,
          b_(MixerInput{.x = b, .context = a, .mask = of_a}).y};
}

Mechanism vilbert_entry() {
  return {.name = name,
          .title = "Co-attentional layer (ViLBERT)",
          .what = "Two streams, each a BERT layer whose keys and values come from the other.",
          .paper = "Lu et al. 2019, arXiv 1908.02265",
          .file = "attention/pairs/vilbert.h",
          .limit = "vilbert_of_own_keys_is_two_bert_layers",
          .options = {{"swapped", 1, "0: each stream has its own keys and values, a control"}},
          .reductions = {{.to = "bert",
                          .when = "own keys and values, a stream each",
                          .reason = "what is left are two layers of BERT",
                          .test = "vilbert_of_own_keys_is_two_bert_layers"}}};
}

}  // namespace heed::inline HEED_REAL::attention
