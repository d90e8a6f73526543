#include "attention/pictures/non_local.h"

#include <algorithm>

#include <fmt/format.h>

#include "attention/entries.h"
#include "attention/readable.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "non-local";

Index inner_of(Index channels, const NonLocalOptions& options) {
  nn::check_positive(name, {{"channels", channels}});
  if (options.inner >= 0) {
    return options.inner > 0 ? options.inner : std::max<Index>(1, channels / 2);
  }
  throw ValueError(fmt::format("[{}] inner must not be negative: {}", name, options.inner));
}

}  // namespace

NonLocal::NonLocal(Index channels, Generator& rng, const NonLocalOptions& options)
    : theta_(child<nn::Linear>("theta", channels, inner_of(channels, options), rng)),
      phi_(child<nn::Linear>("phi", channels, inner_of(channels, options), rng)),
      g_(child<nn::Linear>("g", channels, inner_of(channels, options), rng)),
      w_z_(child<nn::Linear>("w_z", Tensor::zeros({channels, inner_of(channels, options)}),
                             Tensor::zeros({channels}))) {}

Tensor NonLocal::operator()(const Tensor& x) const {
  const Index channels = w_z_.weight().dim(0), inner = w_z_.weight().dim(1);
  nn::check_shape(name, "x", x, "(B, C, H, W)", {-1, channels, -1, -1});
  const Index batch = x.dim(0), places = x.dim(2) * x.dim(3);
  const Tensor tokens = transpose(reshape(x, {batch, channels, places}));  // (B, N, C)
  const auto one_head = [&](const nn::Linear& project) {
    return Heads{project(tokens), 0, 1, inner};  // of (B, N, inner)
  };
  const Projected at{one_head(theta_), one_head(phi_), one_head(g_)};
  const Tensor found = looked_at() ? readable_attention(name, at, {}, false)
                                   : dot_product_attention(at.q, at.k, at.v, {.scale = 1});
  return x + reshape(transpose(w_z_(found)), x.shape());
}

Mechanism non_local_entry() {
  return {.name = name,
          .title = "Non-local block",
          .what = "Every place of a picture looks at all others, and adds what it found.",
          .paper = "Wang et al. 2017, arXiv 1711.07971",
          .file = "attention/pictures/non_local.h",
          .limit = "a_fresh_block_is_the_identity",
          .options = {{"inner", 0, "numbers a place within the block; 0: half of the channels"}},
          .reductions = {{.to = "dot",
                          .when = "places are tokens, inner = C, the input taken off again",
                          .reason = "a 1 x 1 convolution is a linear map of each place",
                          .test = "places_are_tokens_of_dot_attention"}}};
}

}  // namespace heed::inline HEED_REAL::attention
