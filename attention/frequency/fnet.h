// FNet: no weights at all. A Fourier transform over the sequence and one over the channels mix the
// tokens, and the real part of the result goes on. Here is what the field calls frequency-domain
// attention in its plainest form: mixing tokens by their spectrum.
// Lee-Thorp, Ainslie, Eckstein, Ontanon 2021, "FNet: mixing tokens with Fourier transforms",
// arXiv 2105.03824, equation 3.
//
//   y = Re(F_seq F_hid x),   y_tc = sum_s sum_k cos(2 pi (t s / T + c k / C)) x_sk
//
// Shapes   x (B, T, C) -> y (B, T, C). No parameters.
// Cost     T C (log T + log C) in time, T C numbers kept.
// Differs  nothing is chosen: who is read how strongly hangs on places alone, channels are mixed
//          with tokens, and a token more changes all results. So padding is no longer nothing: a
//          mask is refused. Not for finding something by what it holds, and not for causal models.
//          Sums are not scaled: y is about sqrt(T C) times as large as x, so that a norm belongs
//          behind it.
// Limit    applied twice it is T C / 2 times the sum of x and x mirrored in both axes
//          (fnet_twice_is_x_and_its_mirror).
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// x (B, T, C) -> (B, T, C).
Tensor fourier_mix(const Tensor& x);

struct FNetOptions {
  Index width = 0;  // C
};

class FNet : public Mixer {
 public:
  // Throws ValueError unless the width is at least 1.
  explicit FNet(const FNetOptions& options);

  Mixed mix(const MixerInput& input) const override;

 private:
  FNetOptions options_;
};

}  // namespace heed::inline HEED_REAL::attention
