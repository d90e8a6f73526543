#include "attention/efficient/nystrom.h"

#include <fmt/format.h>

#include <algorithm>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/normalizers.h"
#include "attention/pooling/key_mask.h"
#include "attention/scores.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "nystrom";

const NystromOptions& checked(const NystromOptions& options) {
  nn::check_positive(name, {{"landmarks", options.landmarks}, {"steps", options.steps}});
  if (options.window == 0 || (options.window > 0 && options.window % 2 == 1)) return options;
  throw ValueError(fmt::format("[{}] a window has a token in its middle, so it is odd, or 0 for "
                               "none: {}",
                               name, options.window));
}

// x (B, H, T, D) under a window (H, 1, W, 1) around each token.
Tensor around(const Tensor& x, const Tensor& window) {
  return conv2d(x, window, {}, {.padding = {window.dim(2) / 2, 0}, .groups = x.dim(1)});
}

}  // namespace

Segments segments_of(Index tokens, Index landmarks, const Mask& real) {
  const Index batch = real.defined() ? real.shape()[0] : 1;
  std::vector<Real> means(static_cast<std::size_t>(batch * landmarks * tokens));
  std::vector<std::uint8_t> there(static_cast<std::size_t>(batch * landmarks));
  for (Index b = 0; b < batch; ++b) {
    std::vector<Index> members;
    for (Index t = 0; t < tokens; ++t) {
      if (!real.defined() || real[b * tokens + t]) members.push_back(t);
    }
    const auto count = static_cast<Index>(members.size());
    std::vector<Index> of, sizes(static_cast<std::size_t>(landmarks));
    for (Index p = 0; p < count; ++p) {
      of.push_back(p * landmarks / count);
      ++sizes[static_cast<std::size_t>(of.back())];
    }
    for (Index p = 0; p < count; ++p) {
      const Index segment = of[static_cast<std::size_t>(p)], row = b * landmarks + segment;
      const Index place = members[static_cast<std::size_t>(p)];
      means[static_cast<std::size_t>(row * tokens + place)] =
          Real(1) / static_cast<Real>(sizes[static_cast<std::size_t>(segment)]);
      there[static_cast<std::size_t>(row)] = 1;
    }
  }
  return {Tensor({batch, landmarks, tokens}, means), Mask({batch, landmarks}, std::move(there)),
          real};
}

NystromWeights nystrom_weights(const Tensor& q, const Tensor& k, const Segments& segments) {
  const Index rows = segments.there.shape()[0], landmarks = segments.there.shape()[1];
  const Tensor means = unsqueeze(segments.means, 1);                        // (B, 1, M, T)
  const Tensor q_means = matmul(means, q), k_means = matmul(means, k);      // (B, H, M, D)
  const Mask over = segments.there.reshape({rows, 1, 1, landmarks});        // as keys
  const Mask asking = segments.there.reshape({rows, 1, landmarks, 1});      // as queries
  Mask keys = asking;
  if (segments.real.defined()) {
    const Shape& shape = segments.real.shape();
    keys = asking & segments.real.reshape({shape[0], 1, 1, shape[1]});
  }
  return {.left = softmax_over(shifted(scaled_dot(q, k_means)), over),
          .middle = softmax_over(shifted(scaled_dot(q_means, k_means)), asking & over),
          .right = softmax_over(shifted(scaled_dot(q_means, k)), keys)};
}

Tensor inverse_start(const Tensor& a) {
  const Tensor largest = max(sum(a, {-2}, true), {-1}, true);  // |A|_1 (..., 1, 1); |A|_inf = 1
  return transpose(a) / where(largest > 0, largest, 1.0);      // all is 0 where no token is real
}

Tensor pseudo_inverse(const Tensor& a, const Tensor& start, Index steps) {
  const Tensor one = Tensor::eye(a.dim(-1));
  Tensor z = start;
  for (Index step = 0; step < steps; ++step) {
    const Tensor az = matmul(a, z);
    const Tensor inner = one * 15 - matmul(az, one * 7 - az);
    z = matmul(z, one * 13 - matmul(az, inner)) * 0.25;
  }
  return z;
}

Nystrom::Nystrom(const NystromOptions& options, Generator& rng)
    : options_(checked(options)),
      project_(part<Projections>(name,
                                 ProjectionOptions{.width = options.width,
                                                   .heads = options.heads,
                                                   .context = Context::refused},
                                 rng)) {
  if (options.window == 0) return;
  window_ = param("window.weight", nn::fan_in_uniform({options.heads, 1, options.window, 1},
                                                      options.window, rng));
}

// The window over tokens is a matrix, too: that of the unit vectors that come out of it.
void Nystrom::publish(const NystromWeights& weights, const Tensor& inverse,
                      const Mask& real) const {
  if (!recording_maps()) return;
  Tensor implied = matmul(matmul(weights.left, inverse), weights.right);  // (B, H, T, S)
  const Index tokens = implied.dim(2);
  if (window_.defined()) {
    const Tensor units = expand(Tensor::eye(tokens), {1, options_.heads, tokens, tokens});
    implied = implied + around(units, window_);
  }
  if (real.defined()) implied = where(real.reshape({implied.dim(0), 1, 1, tokens}), implied, 0.0);
  publish_map(name, implied, MapKind::implied);
}

Mixed Nystrom::mix(const MixerInput& input) const {
  require_width(name, input, options_.width);
  require_tokens(name, input);
  const Index batch = input.x.dim(0), tokens = input.x.dim(1);
  const Mask real = key_mask(name, input);  // (B, T)
  const auto [q, k, all, none] = project_.by_heads(input, full());
  const Tensor v =
      real.defined() ? where(real.reshape({batch, 1, tokens, 1}), all, 0.0) : all;
  const Segments segments = segments_of(tokens, options_.landmarks, real);
  const NystromWeights weights = nystrom_weights(q, k, segments);
  const Tensor inverse =
      pseudo_inverse(weights.middle, inverse_start(weights.middle), options_.steps);
  publish(weights, inverse, real);
  Tensor y = matmul(weights.left, matmul(inverse, combine(weights.right, v)));  // (B, H, T, D)
  if (window_.defined()) y = y + around(v, window_);
  return {.y = project_.merge(y)};
}

Mechanism nystrom_entry() {
  return {.name = name,
          .title = "Nystrom attention",
          .what = "All weights are rebuilt from those of a few landmarks, the means of segments.",
          .paper = "Xiong et al. 2021, arXiv 2102.03902",
          .file = "attention/efficient/nystrom.h",
          .limit = "nystrom_with_a_landmark_a_token_is_multi_head",
          .options = {{"landmarks", 0, "segments whose means stand for all; 0: a quarter of "
                                        "the longest sequence, and at least 4"},
                      {"steps", 6, "of the iteration to the inverse"},
                      {"window", 3, "tokens of the convolution beside it, odd; 0: none"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .variable = true},
              .exempt = {{"U4", "a landmark is the mean of neighbours"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("landmarks");
                return std::make_unique<Nystrom>(
                    NystromOptions{.width = shape.width,
                                   .heads = shape.heads,
                                   .landmarks =
                                       asked == 0 ? std::max(shape.length / 4, Index{4}) : asked,
                                   .steps = options.whole("steps"),
                                   .window = options.whole("window")},
                    rng);
              }},
          .reductions = {{.to = "multihead",
                          .when = "a landmark a token, steps enough, no window",
                          .reason = "then A is all weights, and A Z A is A",
                          .test = "nystrom_with_a_landmark_a_token_is_multi_head"}}};
}

}  // namespace heed::inline HEED_REAL::attention
