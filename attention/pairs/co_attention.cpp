#include "attention/pairs/co_attention.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* parallel = "co-attention";
constexpr const char* alternating = "co-attention-alternating";

CoAttentionOptions completed(const char* name, CoAttentionOptions options) {
  if (options.width_b == 0) options.width_b = options.width_a;
  if (options.hidden == 0) options.hidden = options.width_a;
  nn::check_positive(name, {{"width_a", options.width_a},
                            {"width_b", options.width_b},
                            {"hidden", options.hidden}});
  return options;
}

void check_sets(const char* name, const CoAttentionOptions& options, const Tensor& a,
                const Tensor& b) {
  nn::check_shape(name, "a", a, "(B, N, Ca)", {-1, -1, options.width_a});
  nn::check_shape(name, "b", b, "(B, T, Cb)", {a.dim(0), -1, options.width_b});
}

// a^T W b of variance 1 for tokens of variance 1: a tanh that starts saturated hardly learns.
Tensor first_affinity(const CoAttentionOptions& options, Generator& rng) {
  const auto numbers = static_cast<double>(options.width_a * options.width_b);
  return rng.normal({options.width_a, options.width_b}, 0, 1 / std::sqrt(numbers));
}

Tensor first_query(Index hidden, Generator& rng) {
  return nn::fan_in_uniform({1, 1, hidden}, hidden, rng);
}

// F (B, N, T) without what padding of either side says.
Tensor between_real(const Tensor& affinity, const Tensor& a, const Tensor& b, const Mask& real_a,
                    const Mask& real_b) {
  Tensor kept = affinity;
  if (real_a.defined()) {
    kept = where(over_scores(parallel, a, real_a).reshape({a.dim(0), a.dim(1), 1}), kept, 0.0);
  }
  if (real_b.defined()) {
    kept = where(over_scores(parallel, b, real_b).reshape({b.dim(0), 1, b.dim(1)}), kept, 0.0);
  }
  return kept;
}

}  // namespace

CoAttention::CoAttention(const CoAttentionOptions& options, Generator& rng)
    : options_(completed(parallel, options)),
      affinity_(param("affinity", first_affinity(options_, rng))),
      of_a_(child<nn::Linear>("of_a", options_.width_a, options_.hidden, rng)),
      of_b_(child<nn::Linear>("of_b", options_.width_b, options_.hidden, rng)),
      query_a_(param("query_a", first_query(options_.hidden, rng))),
      query_b_(param("query_b", first_query(options_.hidden, rng))) {}

CoAttended CoAttention::operator()(const Tensor& a, const Tensor& b, const Mask& real_a,
                                   const Mask& real_b) const {
  check_sets(parallel, options_, a, b);
  const Tensor affinity =
      between_real(tanh(bilinear(a, b, affinity_)), a, b, real_a, real_b);  // (B, N, T)
  const Tensor from_a = of_a_(a), from_b = of_b_(b);                        // (B, N or T, H)
  const Tensor hidden_a = from_a + matmul(affinity, from_b);                // (B, N, H)
  const Tensor hidden_b =
      options_.one_way ? from_b : from_b + matmul(transpose(affinity), from_a);  // (B, T, H)
  return {pool_by_scores(parallel, context_score(query_a_, hidden_a), a, real_a),
          pool_by_scores(parallel, context_score(query_b_, hidden_b), b, real_b)};
}

AlternatingCoAttention::AlternatingCoAttention(const CoAttentionOptions& options, Generator& rng)
    : options_(completed(alternating, options)),
      first_(step("first", options_.width_b, 0, rng)),
      a_(step("a", options_.width_a, options_.width_b, rng)),
      b_(step("b", options_.width_b, options_.width_a, rng)) {
  if (!options.one_way) return;
  throw ValueError(fmt::format("[{}] both sides are guided; one_way is of the parallel form",
                               alternating));
}

AlternatingCoAttention::Step AlternatingCoAttention::step(const char* name, Index width,
                                                          Index guide, Generator& rng) {
  const std::string prefix = name;
  nn::Linear& items = child<nn::Linear>(prefix + "_items", width, options_.hidden, rng);
  nn::Linear* guides = nullptr;
  if (guide > 0) {
    guides = &child<nn::Linear>(prefix + "_guide", guide, options_.hidden, rng, {.bias = false});
  }
  return {items, guides, param(prefix + "_query", first_query(options_.hidden, rng))};
}

Pooled AlternatingCoAttention::pool(const Step& step, const Tensor& x, const Tensor& guide,
                                    const Mask& real) {
  Tensor hidden = step.items(x);  // (B, N, H)
  if (step.guide != nullptr) hidden = hidden + unsqueeze((*step.guide)(guide), 1);
  return pool_by_scores(alternating, context_score(step.query, hidden), x, real);
}

CoAttended AlternatingCoAttention::operator()(const Tensor& a, const Tensor& b, const Mask& real_a,
                                              const Mask& real_b) const {
  check_sets(alternating, options_, a, b);
  const Pooled start = pool(first_, b, {}, real_b);
  const Pooled of_a = pool(a_, a, start.z, real_a);
  return {of_a, pool(b_, b, of_a.z, real_b)};
}

Mechanism co_attention_entry() {
  return {.name = parallel,
          .title = "Co-attention (parallel)",
          .what = "Two sets are pooled at once; items that fit each other guide both.",
          .paper = "Lu et al. 2016, arXiv 1606.00061",
          .file = "attention/pairs/co_attention.h",
          .limit = "co_attention_without_affinity_is_two_poolings",
          .options = {{"one_way", 0, "1: only the second set guides the first"}},
          .reductions = {{.to = "pooling",
                          .when = "W = 0, a side each",
                          .reason = "nothing is known of the other side",
                          .test = "co_attention_without_affinity_is_two_poolings"},
                         {.to = "guided attention",
                          .when = "a second set of one item",
                          .reason = "the only item has the weight 1",
                          .test = "one_item_guides_the_other_set"}}};
}

Mechanism co_attention_alternating_entry() {
  return {.name = alternating,
          .title = "Co-attention (alternating)",
          .what = "The second set is summed up, guides the first, and is read again by what came "
                  "out.",
          .paper = "Lu et al. 2016, arXiv 1606.00061, equation 6",
          .file = "attention/pairs/co_attention.h",
          .limit = "alternating_beside_zeros_is_pooling",
          .reductions = {{.to = "pooling",
                          .when = "the other set silent, a side each",
                          .reason = "a guide of 0 adds nothing",
                          .test = "alternating_beside_zeros_is_pooling"}}};
}

}  // namespace heed::inline HEED_REAL::attention
