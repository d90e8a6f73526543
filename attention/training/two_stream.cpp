#include "attention/training/two_stream.h"

#include <fmt/format.h>

#include <cmath>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/memory/transformer_xl.h"
#include "attention/normalizers.h"
#include "nn/check.h"
#include "nn/positions.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "xlnet";

// Ranks as a column of those who look and a row of those who are looked at.
struct Ranks {
  Indices looking;  // (B, 1, T, 1)
  Indices seen;     // (B, 1, 1, T)
};

Ranks ranks_of(const char* who, const Indices& order) {
  const int rank = order.shape().rank();
  if (rank != 1 && rank != 2) {
    throw ShapeError(fmt::format("[{}] the order must be (B, T) or (T), the rank of each token: "
                                 "got {}",
                                 who, order.shape().str()));
  }
  const Index batch = rank == 2 ? order.dim(0) : 1, length = order.dim(-1);
  return {order.reshape({batch, 1, length, 1}), order.reshape({batch, 1, 1, length})};
}

const TwoStreamOptions& checked(const TwoStreamOptions& options) {
  if (options.width % 2 == 0) return options;
  throw ValueError(fmt::format("[{}] width must be even, for pairs of sine and cosine: {}", name,
                               options.width));
}

}  // namespace

Indices draw_orders(Index batch, Index length, Generator& rng) {
  std::vector<std::int32_t> ranks;
  for (Index b = 0; b < batch; ++b) {
    const std::vector<std::int32_t> order = rng.permutation(static_cast<std::int32_t>(length));
    ranks.insert(ranks.end(), order.begin(), order.end());
  }
  return Indices({batch, length}, std::move(ranks));
}

Mask content_sees(const Indices& order) {
  const Ranks ranks = ranks_of("content_sees", order);
  return ranks.seen <= ranks.looking;
}

Mask query_sees(const Indices& order) {
  const Ranks ranks = ranks_of("query_sees", order);
  return ranks.seen < ranks.looking;
}

TwoStream::TwoStream(const TwoStreamOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(
          name, ProjectionOptions{.width = options.width, .heads = options.heads, .bias = false},
          rng)),
      position_(child<nn::Linear>("position", options.width, options.width, rng,
                                  nn::LinearOptions{.bias = false})) {
  const Shape by_head{options.heads, options.width / options.heads};
  content_bias_ = param("content_bias", Tensor::zeros(by_head));
  position_bias_ = param("position_bias", Tensor::zeros(by_head));
}

// q (B, H, T, D) over keys and values of the content, r (1, H, 2 T, D) -> (B, T, C).
Tensor TwoStream::attend(const Tensor& q, const Projected& at, const Tensor& r,
                         const Mask& seen) const {
  const double scale = 1 / std::sqrt(static_cast<double>(q.dim(3)));
  const Tensor scores =
      relative_scores(q, heads_of(at.k), r, content_bias_, position_bias_) * scale;
  const Tensor weights = softmax_over(shifted(scores), seen);  // (B, H, T, T)
  publish_map(name, weights);
  return project_.merge(combine(weights, heads_of(at.v)));
}

Streams TwoStream::operator()(const Streams& streams, const Indices& order) const {
  const Shape& shape = streams.content.shape();
  nn::check_shape(name, "content", streams.content, "(B, T, C)", {-1, -1, options_.width});
  const Index batch = shape[0], length = shape[1];
  if (streams.query.shape() != shape) {
    throw ShapeError(fmt::format("[{}] both streams must have one shape: content {}, query {}",
                                 name, shape.str(), streams.query.shape().str()));
  }
  if (order.shape() != Shape{length} && order.shape() != Shape{batch, length}) {
    throw ShapeError(fmt::format("[{}] the order must be {} or {}, the rank of each token: got {}",
                                 name, Shape{batch, length}.str(), Shape{length}.str(),
                                 order.shape().str()));
  }
  const Projected at = project_({.x = concat({streams.content, streams.query}, 1),  // (B, 2 T, C)
                                 .context = streams.content});
  const Tensor q = heads_of(at.q);  // (B, H, 2 T, D)
  std::vector<Index> places;
  for (Index distance = length - 1; distance >= -length; --distance) places.push_back(distance);
  const Tensor table = position_(nn::sinusoids_at(places, options_.width));  // (2 T, C)
  const Tensor r = split_heads(unsqueeze(table, 0), options_.heads);
  return {attend(slice(q, 2, 0, length), at, r, content_sees(order)),
          attend(slice(q, 2, length, 2 * length), at, r, query_sees(order))};
}

Mechanism xlnet_entry() {
  return {.name = name,
          .title = "Two-stream attention (XLNet)",
          .what = "A text in any order: one stream predicts without seeing what the other holds.",
          .paper = "Yang et al. 2019, arXiv 1906.08237",
          .file = "attention/training/two_stream.h",
          .limit = "the_order_of_the_text_is_causal",
          .aliases = {"two-stream"},
          .reductions = {{.to = "transformer-xl",
                          .when = "the order of the text, content stream, no memory",
                          .reason = "who comes earlier in the order stands further left",
                          .test = "the_order_of_the_text_is_causal"}}};
}

}  // namespace heed::inline HEED_REAL::attention
