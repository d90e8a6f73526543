// Frequency-enhanced block: of the spectrum of a series a few frequencies are kept, and each is
// multiplied with a learned complex matrix of its own. The self-attention of FEDformer.
// Zhou, Ma, Wen, Wang, Sun, Jin 2022, "FEDformer: frequency enhanced decomposed transformer for
// long-term series forecasting", arXiv 2201.12740, equations 3 and 4 (FEB-f).
//
//   Q = F(x W_q + b_q),   Y_m = Q_m R_m for the kept frequencies m, 0 for all others,   y = F^-1 Y
//
// Shapes   x (B, T, C) -> y (B, T, C) with T <= L; M frequencies of L / 2 + 1, H heads of D = C /
//          H: R complex (M, H, D, D), stored as a last axis of 2.
// Cost     T C log L for the transforms, M C D for the product, beside the projection; M C D
//          parameters.
// Differs  a convolution over the ring of L places whose kernel is a matrix; with few frequencies a
//          smooth one. Tokens never choose. A mode stays in its place: the published code writes
//          the i-th kept mode to place i, and cannot keep the last one. A shorter sequence has
//          zeros behind it, and what a mask hides is 0 after the projection. Not for content, not
//          for causal models, not beyond L.
// Limit    with all frequencies kept it is the circular convolution with the transform of R
//          (fedformer_with_all_modes_is_the_time_domain).
#pragma once

#include "attention/mixer.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::attention {

// x (B, L, C); modes (M) name frequencies of 0 ... L / 2; matrices (M, H, D, D, 2) -> (B, L, C).
// Throws ShapeError, and ValueError on a mode that is none.
Tensor fourier_block(const Tensor& x, const Indices& modes, const Tensor& matrices);
// `count` of the frequencies of L places, or all when there are fewer, in ascending order: the
// lowest.
Indices lowest_modes(Index length, Index count);
// The same at random: a function of its arguments, so that nothing has to be saved.
Indices random_modes(Index length, Index count, std::uint64_t seed);

struct FedformerOptions {
  Index width = 0;     // C
  Index heads = 1;     // H
  Index length = 0;    // L
  Indices modes = {};  // the frequencies that are kept
};

class Fedformer : public Mixer {
 public:
  // Throws ValueError unless the sizes are at least 1, the heads divide the width, and at least one
  // mode of L places is kept, and none of others.
  Fedformer(const FedformerOptions& options, Generator& rng);

  Mixed mix(const MixerInput& input) const override;

 private:
  FedformerOptions options_;
  nn::Linear& query_;
  Tensor matrices_;  // R
};

}  // namespace heed::inline HEED_REAL::attention
