#include "attention/dense/sentinel.h"

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/one_head.h"
#include "attention/scores.h"
#include "autograd/score_axes.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "adaptive-sentinel";

Index units(const SentinelOptions& options) {
  return options.hidden == 0 ? options.width : options.hidden;
}

constexpr nn::LinearOptions no_bias{.bias = false};

// `visible` with one more key, which everybody sees.
Mask with_sentinel(const Mask& visible, const Shape& scores) {
  const Tensor open = expand(to_tensor(visible), scores);  // (B, 1, T, S)
  return concat({open, Tensor::ones(scores.with(-1, 1))}, -1) > 0.5;
}

}  // namespace

Sentinel::Sentinel(const SentinelOptions& options, Generator& rng)
    : gate_input_(child<nn::Linear>("gate_input", options.input_width, options.width, rng)),
      gate_state_(child<nn::Linear>("gate_state", options.width, options.width, rng, no_bias)),
      query_(child<nn::Linear>("query", options.width, units(options), rng)),
      key_(child<nn::Linear>("key", options.width, units(options), rng, no_bias)),
      own_key_(child<nn::Linear>("own_key", options.width, units(options), rng, no_bias)),
      score_(param("score", nn::fan_in_uniform({units(options)}, units(options), rng))) {}

Tensor Sentinel::sentinel(const Tensor& x, const Tensor& h_before, const Tensor& c) const {
  return sigmoid(gate_input_(x) + gate_state_(h_before)) * tanh(c);
}

// e*: q (B, T, A), s (B, T, C) -> (B, 1, T, 1).
Tensor Sentinel::own_score(const Tensor& q, const Tensor& s) const {
  const Tensor k = unsqueeze(own_key_(s), 2);                  // (B, T, 1, A): a key a query
  const Tensor alone = additive(unsqueeze(q, 2), k, score_);  // (B, T, 1, 1)
  return reshape(alone, {q.dim(0), 1, q.dim(1), 1});
}

Sentinel::Found Sentinel::attend(const Tensor& h, const Tensor& s, const Tensor& memory,
                                 const Mask& visible) const {
  if (s.defined() && s.shape() != h.shape()) {
    throw ShapeError(fmt::format("[{}] a sentinel a query: {} for {}", name, s.shape().str(),
                                 h.shape().str()));
  }
  const Tensor q = query_(h);                                               // (B, T, A)
  Tensor scores = additive(with_head(q), with_head(key_(memory)), score_);  // (B, 1, T, S)
  check_mask_over_scores(name, visible, scores.shape());
  Mask seen = visible;
  if (s.defined()) {
    if (visible.defined()) seen = with_sentinel(visible, scores.shape());
    scores = concat({scores, own_score(q, s)}, -1);  // (B, 1, T, S + 1)
  }
  const Tensor weights = softmax_over(shifted(scores), seen);
  publish_map(name, weights);
  const Index keys = memory.dim(1);
  const Tensor read = combine(slice(weights, -1, 0, keys), with_head(memory));  // (B, 1, T, C)
  const Tensor y = squeeze(read, 1);
  if (!s.defined()) return {y, weights, Tensor::zeros({h.dim(0), h.dim(1)})};
  const Tensor gate = squeeze(select(weights, -1, keys), 1);  // (B, T)
  return {y + unsqueeze(gate, -1) * s, weights, gate};
}

Mechanism sentinel_entry() {
  return {.name = name,
          .title = "Visual sentinel (adaptive attention)",
          .what = "A decoder may look away from its source, at a vector made from its own memory.",
          .paper = "Lu et al. 2017, arXiv 1612.01887",
          .file = "attention/dense/sentinel.h",
          .limit = "sentinel_alone_is_read_without_source",
          .aliases = {"sentinel"},
          .reductions = {{.to = "additive",
                          .when = "no sentinel",
                          .reason = "the softmax has one slot less",
                          .test = "gate_stands_between_sentinel_and_source"}}};
}

}  // namespace heed::inline HEED_REAL::attention
