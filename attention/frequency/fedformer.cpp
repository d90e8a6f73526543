#include "attention/frequency/fedformer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "attention/entries.h"
#include "attention/frequency/places.h"
#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/init.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "fedformer";

void require_modes(const char* op, const Indices& modes, Index length) {
  for (const std::int32_t mode : modes.values()) {
    if (mode >= 0 && mode <= length / 2) continue;
    throw ValueError(fmt::format("[{}] {} places have the frequencies 0 to {}: got {}", op, length,
                                 length / 2, mode));
  }
}

const FedformerOptions& checked(const FedformerOptions& options) {
  nn::check_positive(name, {{"width", options.width},
                            {"heads", options.heads},
                            {"length", options.length},
                            {"modes", options.modes.size()}});
  if (options.width % options.heads != 0) {
    throw ValueError(fmt::format("[{}] width {} cannot be cut into {} heads", name, options.width,
                                 options.heads));
  }
  require_modes(name, options.modes, options.length);
  return options;
}

// Complex matrices: a (..., B, D, 2), b (..., D, E, 2) -> (..., B, E, 2).
Tensor complex_product(const Tensor& a, const Tensor& b) {
  const Tensor a_re = select(a, -1, 0), a_im = select(a, -1, 1);
  const Tensor b_re = select(b, -1, 0), b_im = select(b, -1, 1);
  return stack({matmul(a_re, b_re) - matmul(a_im, b_im), matmul(a_re, b_im) + matmul(a_im, b_re)},
               -1);
}

Tensor start(const FedformerOptions& options, Generator& rng) {
  const Index size = options.width / options.heads;
  return nn::fan_in_uniform({options.modes.size(), options.heads, size, size, 2}, size, rng);
}

}  // namespace

Indices lowest_modes(Index length, Index count) {
  std::vector<std::int32_t> modes(
      static_cast<std::size_t>(std::min(std::max(count, Index{0}), length / 2 + 1)));
  std::iota(modes.begin(), modes.end(), 0);
  return Indices(std::move(modes));
}

Indices random_modes(Index length, Index count, std::uint64_t seed) {
  const Indices kept = lowest_modes(length, count);
  Generator rng = Generator(seed).stream("modes");
  std::vector<std::int32_t> modes = rng.permutation(static_cast<std::int32_t>(length / 2 + 1));
  modes.resize(static_cast<std::size_t>(kept.size()));
  std::ranges::sort(modes);
  return Indices(std::move(modes));
}

Tensor fourier_block(const Tensor& x, const Indices& modes, const Tensor& matrices) {
  constexpr const char* op = "fourier_block";
  nn::check_shape(op, "x", x, "(B, L, C)", {-1, -1, -1});
  nn::check_shape(op, "matrices", matrices, "(M, H, D, D, 2)", {modes.size(), -1, -1, -1, 2});
  const Index batch = x.dim(0), length = x.dim(1), width = x.dim(2), heads = matrices.dim(1);
  if (heads * matrices.dim(2) != width || matrices.dim(2) != matrices.dim(3)) {
    throw ShapeError(fmt::format("[{}] matrices (M, H, D, D, 2) must have H D = {}: got {}", op,
                                 width, matrices.shape().str()));
  }
  require_modes(op, modes, length);
  const Tensor kept = index_select(rfft(x, 1), modes, 1);  // (B, M, C, 2)
  const Tensor apart = reshape(kept, {batch, modes.size(), heads, width / heads, 2});
  const Tensor made =
      complex_product(permute(apart, {1, 2, 0, 3, 4}), matrices);  // (M, H, B, D, 2)
  const Tensor joined = reshape(permute(made, {2, 0, 1, 3, 4}), {batch, modes.size(), width, 2});
  return irfft(index_add(joined, modes, length / 2 + 1, 1), length, 1);
}

Fedformer::Fedformer(const FedformerOptions& options, Generator& rng)
    : options_(checked(options)),
      query_(child<nn::Linear>("query", options.width, options.width, rng)),
      matrices_(param("matrices", start(options, rng))) {}

Mixed Fedformer::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  const Tensor x = on_places(name, input, query_(input.x), options_.length);
  return {.y = slice(fourier_block(x, options_.modes, matrices_), 1, 0, input.x.dim(1))};
}

Mechanism fedformer_entry() {
  return {.name = name,
          .title = "Frequency-enhanced block (FEDformer)",
          .what = "A few frequencies of the series are kept, each with a learned matrix.",
          .paper = "Zhou et al. 2022, arXiv 2201.12740",
          .file = "attention/frequency/fedformer.h",
          .limit = "fedformer_with_all_modes_is_the_time_domain",
          .options = {{"modes", 64, "how many frequencies are kept"},
                      {"seed", 1, "of the choice among them; 0: the lowest"},
                      {"length", 0, "places of its ring; 0: as many as the longest sequence"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .content = false},
              .exempt = {{"U4", "a frequency is made of places"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("length"), modes = options.whole("modes");
                const Index length = asked == 0 ? shape.length : asked;
                const auto seed = static_cast<std::uint64_t>(options.whole("seed"));
                return std::make_unique<Fedformer>(
                    FedformerOptions{.width = shape.width,
                                     .heads = shape.heads,
                                     .length = length,
                                     .modes = seed == 0 ? lowest_modes(length, modes)
                                                        : random_modes(length, modes, seed)},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
