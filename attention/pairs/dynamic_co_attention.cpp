#include "attention/pairs/dynamic_co_attention.h"

#include <cstdint>
#include <vector>

#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/one_head.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "dcn";

Index checked(Index width) {
  nn::check_positive(name, {{"width", width}});
  return width;
}

// x (B, N, C) with the sentinel, if there is one, behind its items.
Tensor with_sentinel(const Tensor& x, const Tensor& sentinel) {
  if (!sentinel.defined()) return x;
  return concat({x, expand(sentinel, {x.dim(0), 1, x.dim(2)})}, 1);
}

// Which of `count` items, sentinels included, may be looked at: (B, 1, 1, count); undefined: all.
Mask seen_items(const Tensor& x, const Mask& real, Index count) {
  const Mask items = over_scores(name, x, real);
  if (!items.defined() || count == x.dim(1)) return items;
  const Index batch = x.dim(0);
  const Mask sentinel({batch, 1, 1, 1},
                      std::vector<std::uint8_t>(static_cast<std::size_t>(batch), 1));
  return concat({items, sentinel}, 3);
}

}  // namespace

DynamicCoAttention::DynamicCoAttention(const DynamicCoAttentionOptions& options, Generator& rng)
    : project_(child<nn::Linear>("project", checked(options.width), options.width, rng)) {
  if (!options.sentinels) return;
  sentinel_a_ = param("sentinel_a", nn::fan_in_uniform({1, 1, options.width}, options.width, rng));
  sentinel_b_ = param("sentinel_b", nn::fan_in_uniform({1, 1, options.width}, options.width, rng));
}

BothWays DynamicCoAttention::operator()(const Tensor& a, const Tensor& b, const Mask& real_a,
                                        const Mask& real_b) const {
  const Index width = project_.weight().dim(1);
  nn::check_shape(name, "a", a, "(B, N, C)", {-1, -1, width});
  nn::check_shape(name, "b", b, "(B, T, C)", {a.dim(0), -1, width});
  const Tensor items = with_sentinel(a, sentinel_a_);                      // (B, N + 1, C)
  const Tensor asked = with_sentinel(tanh(project_(b)), sentinel_b_);      // (B, T + 1, C)
  const Tensor scores = shifted(dot(with_head(items), with_head(asked)));  // (B, 1, N + 1, T + 1)
  const Tensor alpha = softmax_over(scores, seen_items(b, real_b, asked.dim(1)));
  const Tensor beta = softmax_over(transpose(scores), seen_items(a, real_a, items.dim(1)));
  publish_map(name, alpha);
  publish_map(name, beta);
  const Tensor of_b = combine(squeeze(beta, 1), items);                        // (B, T + 1, C)
  const Tensor of_a = combine(squeeze(alpha, 1), concat({asked, of_b}, 2));    // (B, N + 1, 2C)
  const auto own = [](const Tensor& x, Index count) { return slice(x, 1, 0, count); };
  const Index count_a = a.dim(1), count_b = b.dim(1);
  return {{own(of_a, count_a), own(squeeze(alpha, 1), count_a)},
          {own(of_b, count_b), own(squeeze(beta, 1), count_b)}};
}

Mechanism dcn_entry() {
  return {.name = name,
          .title = "Dynamic co-attention (DCN)",
          .what = "One matrix of scores, read by rows and by columns: each side hears what the "
                  "other found in it.",
          .paper = "Xiong et al. 2016, arXiv 1611.01604",
          .file = "attention/pairs/dynamic_co_attention.h",
          .limit = "dcn_of_one_question_gives_it_to_all",
          .options = {{"sentinels", 1, "1: each side has a learned item for who finds nothing"}},
          .reductions = {{.to = "one answer for all",
                          .when = "one question, no sentinels",
                          .reason = "the only item has the weight 1",
                          .test = "dcn_of_one_question_gives_it_to_all"}}};
}

}  // namespace heed::inline HEED_REAL::attention
