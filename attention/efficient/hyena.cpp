#include "attention/efficient/hyena.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "attention/core.h"
#include "attention/entries.h"
#include "attention/pooling/key_mask.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "hyena";

const HyenaOptions& checked(const HyenaOptions& options) {
  nn::check_positive(name, {{"width", options.width},
                            {"length", options.length},
                            {"window", options.window},
                            {"bands", options.bands},
                            {"hidden", options.hidden}});
  if (options.order >= 2) return options;
  throw ValueError(fmt::format("[{}] order must be at least 2, got {}\nhint: order 2 has two gates "
                               "and a filter between them",
                               name, options.order));
}

// x (B, C, T) with 0 for what the mask (B, T) hides.
Tensor shown(const Tensor& x, const Mask& real) {
  return real.defined() ? where(real.reshape({x.dim(0), 1, x.dim(2)}), x, 0.0) : x;
}

// t / L, and cosine and sine of K waves over L: (T, 1 + 2 K).
Tensor places(Index tokens, Index length, Index bands) {
  std::vector<Real> features;
  for (Index t = 0; t < tokens; ++t) {
    const double at = static_cast<double>(t) / static_cast<double>(length);
    features.push_back(static_cast<Real>(at));
    for (Index k = 1; k <= bands; ++k) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(k) * at;
      features.push_back(static_cast<Real>(std::cos(angle)));
      features.push_back(static_cast<Real>(std::sin(angle)));
    }
  }
  return Tensor({tokens, 1 + 2 * bands}, features);
}

// e^(-a t / L): at a = ln 100 / .3 a hundredth is left after 3 tenths of L, at the slowest after
// 1.5 L, as the published code has it. (channels, T).
Tensor decay(Index channels, Index tokens, Index length) {
  const double fast = std::log(100) / 0.3, slow = std::log(100) / 1.5;
  const Tensor rates = reshape(Tensor::linspace(fast, slow, channels), {channels, 1});
  const Tensor times = Tensor::arange(tokens) / static_cast<double>(length);  // (T)
  return exp(-(rates * times));
}

}  // namespace

Tensor long_convolution(const Tensor& x, const Tensor& filter) {
  const Index tokens = x.dim(-1);
  if (filter.dim(-1) != tokens) {
    throw ShapeError(fmt::format("[long_convolution] x has {} places, the filter {}", tokens,
                                 filter.dim(-1)));
  }
  if (x.size() == 0) return x;
  const Tensor spectrum = complex_multiply(rfft(pad(x, -1, 0, tokens)),
                                           rfft(pad(filter, -1, 0, tokens)));
  return slice(irfft(spectrum, 2 * tokens), -1, 0, tokens);
}

Tensor toeplitz(const Tensor& filter) {
  const Index tokens = filter.dim(-1);
  std::vector<std::int32_t> ago;  // of column s in row t, in a filter with T zeros in front
  for (Index t = 0; t < tokens; ++t) {
    for (Index s = 0; s < tokens; ++s) ago.push_back(static_cast<std::int32_t>(tokens + t - s));
  }
  return index_select(pad(filter, -1, tokens, 0), Indices({tokens, tokens}, std::move(ago)), -1);
}

HyenaStreams hyena_streams(const Tensor& u, const Tensor& window, const Tensor& bias,
                           Index channels) {
  const Index rows = window.dim(0);
  nn::check_shape("hyena_streams", "u", u, "(B, T, (N + 1) C)", {-1, -1, rows});
  const Tensor before = pad(transpose(u), 2, window.dim(2) - 1, 0);    // (B, rows, W - 1 + T)
  const Tensor seen = conv1d(before, window, bias, {.groups = rows});  // (B, rows, T)
  std::vector<Tensor> parts = split(seen, channels, 1);                // x_N, ..., x_1, v
  HyenaStreams streams{.gates = {}, .values = parts.back()};
  parts.pop_back();
  streams.gates.assign(parts.rbegin(), parts.rend());
  return streams;
}

Tensor hyena_operator(const HyenaStreams& streams, const Tensor& filters, const Tensor& skips,
                      const Mask& real) {
  Tensor z = shown(streams.gates[0] * streams.values, real);  // (B, C, T)
  for (Index n = 0; n < filters.dim(0); ++n) {
    const Tensor skip = unsqueeze(select(skips, 0, n), 1);  // (C, 1)
    const Tensor gathered = long_convolution(z, select(filters, 0, n)) + skip * z;
    z = shown(streams.gates[static_cast<std::size_t>(n) + 1] * gathered, real);
  }
  return z;
}

Tensor operator_matrix(const HyenaStreams& streams, const Tensor& filters, const Tensor& skips,
                       const Mask& real) {
  Tensor made = diag_embed(shown(streams.gates[0], real));  // (B, C, T, T)
  for (Index n = 0; n < filters.dim(0); ++n) {
    const Tensor skip = reshape(select(skips, 0, n), {-1, 1, 1});
    const Tensor gathered = toeplitz(select(filters, 0, n)) + skip * Tensor::eye(filters.dim(2));
    const Tensor gate = shown(streams.gates[static_cast<std::size_t>(n) + 1], real);
    made = unsqueeze(gate, -1) * matmul(gathered, made);
  }
  return made;
}

HyenaFilter::HyenaFilter(const HyenaFilterOptions& options, Generator& rng)
    : options_(options),
      in_(child<nn::Linear>("in", 1 + 2 * options.bands, options.hidden, rng)),
      hidden_(child<nn::Linear>("hidden", options.hidden, options.hidden, rng)),
      out_(child<nn::Linear>("out", options.hidden, options.channels, rng,
                             nn::LinearOptions{.bias = false})) {}

Tensor HyenaFilter::operator()(Index tokens) const {
  const Tensor at = places(tokens, options_.length, options_.bands);  // (T, 1 + 2 K)
  const Tensor made = out_(sin(hidden_(sin(in_(at)))));               // (T, channels)
  return transpose(made) * decay(options_.channels, tokens, options_.length);
}

Hyena::Hyena(const HyenaOptions& options, Generator& rng)
    : options_(checked(options)),
      in_proj_(child<nn::Linear>("in_proj", options.width, (options.order + 1) * options.width,
                                 rng)),
      out_proj_(child<nn::Linear>("out_proj", options.width, options.width, rng)),
      filter_(child<HyenaFilter>("filter",
                                 HyenaFilterOptions{.channels = (options.order - 1) * options.width,
                                                    .length = options.length,
                                                    .bands = options.bands,
                                                    .hidden = options.hidden},
                                 rng)) {
  const Index rows = (options.order + 1) * options.width;
  window_ = param("window.weight", nn::fan_in_uniform({rows, 1, options.window}, options.window,
                                                      rng));
  window_bias_ = param("window.bias", Tensor::zeros({rows}));
  skips_ = param("skips", rng.normal({options.order - 1, options.width}));
  out_proj_.bias().assign(Tensor::zeros({options.width}));
}

Mixed Hyena::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  require_tokens(name, input);
  const Index tokens = input.x.dim(1);
  const Mask real = key_mask(name, input);              // (B, T)
  const Tensor u = only_real(in_proj_(input.x), real);  // (B, T, (N + 1) C)
  const HyenaStreams streams = hyena_streams(u, window_, window_bias_, options_.width);
  const Tensor filters = reshape(filter_(tokens), {options_.order - 1, options_.width, tokens});
  if (recording_maps()) {
    const Tensor sizes = abs(operator_matrix(streams, filters, skips_, real));  // (B, C, T, T)
    publish_map(name, mean(sizes, {1}, true), MapKind::implied);
  }
  return {.y = out_proj_(transpose(hyena_operator(streams, filters, skips_, real)))};
}

Mechanism hyena_entry() {
  return {.name = name,
          .title = "Hyena: long convolutions and gates",
          .what = "A filter as long as the sequence, made by a network of the distance, and gates.",
          .paper = "Poli et al. 2023, arXiv 2302.10866",
          .file = "attention/efficient/hyena.h",
          .limit = "hyena_of_no_filter_is_gates",
          .options = {{"order", 2, "gates, with a long filter between each and the next"},
                      {"window", 3, "tokens of the short convolution before"},
                      {"bands", 8, "waves that the filter's network is given"},
                      {"hidden", 16, "its hidden units"},
                      {"length", 0, "the unit of distances; 0: the longest sequence"}},
          .mixer = MixerTraits{
              .can = {.causal = true, .padding = true, .variable = true},
              .exempt = {{"U4", "who is read how strongly is a matter of distance"}},
              .pattern = [](const MixerShape&, const OptionValues&) { return causal(); },
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("length");
                return std::make_unique<Hyena>(
                    HyenaOptions{.width = shape.width,
                                 .length = asked == 0 ? shape.length : asked,
                                 .order = options.whole("order"),
                                 .window = options.whole("window"),
                                 .bands = options.whole("bands"),
                                 .hidden = options.whole("hidden")},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
