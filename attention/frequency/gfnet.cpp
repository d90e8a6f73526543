#include "attention/frequency/gfnet.h"

#include "attention/entries.h"
#include "attention/frequency/places.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "gfnet";

const GFNetOptions& checked(const GFNetOptions& options) {
  nn::check_positive(name, {{"width", options.width}, {"length", options.length}});
  return options;
}

}  // namespace

Tensor filtered(const Tensor& x, const Tensor& filter) {
  nn::check_shape("filtered", "x", x, "(B, L, C)", {-1, -1, -1});
  nn::check_shape("filtered", "filter", filter, "(L / 2 + 1, C, 2)",
                  {x.dim(1) / 2 + 1, x.dim(2), 2});
  const Tensor spectrum = rfft(x, 1);  // (B, L / 2 + 1, C, 2)
  return irfft(complex_multiply(spectrum, filter), x.dim(1), 1);
}

GFNet::GFNet(const GFNetOptions& options, Generator& rng)
    : options_(checked(options)),
      filter_(param("complex_weight",
                    rng.normal({options.length / 2 + 1, options.width, 2}, 0, 0.02))) {}

Mixed GFNet::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  require_width(name, input, options_.width);
  const Tensor y = filtered(on_places(name, input, input.x, options_.length), filter_);
  return {.y = slice(y, 1, 0, input.x.dim(1))};
}

Mechanism gfnet_entry() {
  return {.name = name,
          .title = "Global filter (GFNet)",
          .what = "Each channel is multiplied, frequency by frequency, with a learned spectrum.",
          .paper = "Rao et al. 2021, arXiv 2107.00645",
          .file = "attention/frequency/gfnet.h",
          .limit = "gfnet_of_a_spectrum_is_circular_convolution",
          .options = {{"length", 0, "places of its ring; 0: as many as the longest sequence"}},
          .mixer = MixerTraits{
              .can = {.padding = true, .content = false},
              .exempt = {{"U4", "a weight belongs to a distance between places"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues& options,
                         Generator& rng) -> std::unique_ptr<Mixer> {
                const Index asked = options.whole("length");
                return std::make_unique<GFNet>(
                    GFNetOptions{.width = shape.width, .length = asked == 0 ? shape.length : asked},
                    rng);
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
