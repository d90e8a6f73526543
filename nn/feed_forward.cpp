#include "nn/feed_forward.h"

#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {

FeedForward::FeedForward(Index width, Index hidden, Generator& rng,
                         const FeedForwardOptions& options)
    : activation_(options.activation),
      linear1_(child<Linear>("linear1", width, hidden, rng, {.bias = options.bias})),
      dropout_(child<Dropout>("dropout", options.dropout)),
      linear2_(child<Linear>("linear2", hidden, width, rng, {.bias = options.bias})) {}

Tensor FeedForward::operator()(const Tensor& x) const {
  check_last_axis("FeedForward", x, "(..., width)", linear1_.weight().dim(1));
  const Tensor hidden = dropout_(activation_(linear1_(x)));  // (..., hidden)
  return linear2_(hidden);                                   // (..., width)
}

}  // namespace heed::inline HEED_REAL::nn
