#include "attention/frequency/fnet.h"

#include "attention/entries.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::attention {

namespace {

constexpr const char* name = "fnet";

}  // namespace

Tensor fourier_mix(const Tensor& x) {
  if (x.size() == 0) return x;
  const Tensor half = select(fft(rfft(x, 1)), -1, 0);  // (B, T / 2 + 1, C)
  // What real numbers have at (T - t, C - c) is the conjugate of what they have at (t, c).
  const Tensor back = slice(half, 1, (x.dim(1) - 1) / 2, 0, -1);
  return concat({half, roll(flip(back, 2), 1, 2)}, 1);
}

FNet::FNet(const FNetOptions& options) : options_(options) {
  nn::check_positive(name, {{"width", options.width}});
}

Mixed FNet::mix(const MixerInput& input) const {
  refuse_context(name, input);
  refuse_state(name, input);
  refuse_mask(name, input);
  require_width(name, input, options_.width);
  return {.y = fourier_mix(input.x)};
}

Mechanism fnet_entry() {
  return {.name = name,
          .title = "FNet: mixing by a Fourier transform",
          .what = "Every token becomes a wave over all others; nothing is learned or chosen.",
          .paper = "Lee-Thorp et al. 2021, arXiv 2105.03824",
          .file = "attention/frequency/fnet.h",
          .limit = "fnet_twice_is_x_and_its_mirror",
          .aliases = {"frequency"},
          .mixer = MixerTraits{
              .can = {.variable = true, .content = false},
              .exempt = {{"U4", "a token counts by its place, as a wave of that frequency"}},
              .pattern = full_or_causal,
              .make = [](const MixerShape& shape, const OptionValues&,
                         Generator&) -> std::unique_ptr<Mixer> {
                return std::make_unique<FNet>(FNetOptions{.width = shape.width});
              }}};
}

}  // namespace heed::inline HEED_REAL::attention
