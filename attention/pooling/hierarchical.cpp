#include "attention/pooling/hierarchical.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "hierarchical";

AttentionPoolingOptions level(const HierarchicalOptions& options) {
  return {.width = options.width, .hidden = options.hidden};
}

void require_words(const Tensor& h, const Mask& real) {
  const Shape words{h.dim(0), h.dim(1), h.dim(2)};
  if (!real.defined() || real.shape() == words) return;
  throw ShapeError(fmt::format("[{}] the mask must say of each word whether it is real, as {}: "
                               "got {}",
                               name, words.str(), real.shape().str()));
}

}  // namespace

Hierarchical::Hierarchical(const HierarchicalOptions& options, Generator& rng)
    : width_(options.width),
      words_(child<AttentionPooling>("words", level(options), rng, name)),
      sentences_(child<AttentionPooling>("sentences", level(options), rng, name)) {}

Document Hierarchical::operator()(const Tensor& h, const Mask& real) const {
  nn::check_shape(name, "h", h, "(B, S, W, C)", {-1, -1, -1, width_});
  require_words(h, real);
  const Index batch = h.dim(0), sentences = h.dim(1), words = h.dim(2);
  Mask of_words, of_sentences;
  if (real.defined()) {
    of_words = real.reshape({batch * sentences, words});
    of_sentences = sum(to_tensor(real), {2}) > 0;  // (B, S)
  }
  const Tensor by_sentence = reshape(h, {batch * sentences, words, width_});
  const Pooled inner = words_.pool(by_sentence, of_words);  // (B S, C)
  const Pooled outer =
      sentences_.pool(reshape(inner.z, {batch, sentences, width_}), of_sentences);  // (B, C)
  return {outer.z, outer.weights, reshape(inner.weights, {batch, sentences, words})};
}

Mechanism hierarchical_entry() {
  return {.name = name,
          .title = "Hierarchical attention (HAN)",
          .what = "Words are pooled into sentences, and sentences into a document.",
          .paper = "Yang et al. 2016, NAACL",
          .file = "attention/pooling/hierarchical.h",
          .limit = "one_sentence_is_pooling_of_its_words",
          .reductions = {{.to = "pooling",
                          .when = "one sentence",
                          .reason = "the only sentence has the weight 1",
                          .test = "one_sentence_is_pooling_of_its_words"},
                         {.to = "mean of sentences",
                          .when = "u_s = 0",
                          .reason = "all sentences score 0",
                          .test = "a_silent_question_means_the_sentences"}}};
}

}  // namespace heed::inline HEED_REAL::attention
