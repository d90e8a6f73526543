// Global filter: every channel is multiplied, frequency by frequency, with a learned spectrum: a
// circular convolution as long as the sequence.
// Rao, Zhao, Zhu, Lu, Zhou 2021, "Global filter networks for image classification",
// arXiv 2107.00645, equation 4, over one axis.
//
//   y = F^-1(K * F x),   y_tc = sum_s g_{(t - s) mod L, c} x_sc,   g = F^-1 K
//
// Shapes   x (B, T, C) -> y (B, T, C) with T <= L; K complex (L / 2 + 1, C), stored as a last axis
//          of 2. The imaginary parts of frequency 0, and of L / 2 for an even L, do nothing.
// Cost     T C log L in time; L C parameters.
// Differs  a weight is a matter of distance, learned one by one; tokens never choose, and channels
//          do not mix. The sequence is a ring: what leaves at the end comes in at the start. A
//          shorter sequence has zeros behind it, and what a mask hides is 0, so padding is as good
//          as nothing. Not for content, not for causal models, not beyond L.
// Limit    with K the spectrum of a sequence it is the circular convolution with that
//          (gfnet_of_a_spectrum_is_circular_convolution).
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// x (B, L, C), filter (L / 2 + 1, C, 2) -> (B, L, C). Throws ShapeError.
Tensor filtered(const Tensor& x, const Tensor& filter);

struct GFNetOptions {
  Index width = 0;   // C
  Index length = 0;  // L
};

class GFNet : public Mixer {
 public:
  // The filter starts from N(0, .02^2), as the published code does. Throws ValueError unless width
  // and length are at least 1.
  GFNet(const GFNetOptions& options, Generator& rng);

  Mixed mix(const MixerInput& input) const override;

 private:
  GFNetOptions options_;
  Tensor filter_;  // K
};

}  // namespace heed::inline HEED_REAL::attention
