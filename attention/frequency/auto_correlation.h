// Auto-correlation: not single tokens are compared but whole series shifted against each other, and
// the best shifts are read together. The attention of Autoformer.
// Wu, Xu, Wang, Long 2021, "Autoformer: decomposition transformers with auto-correlation for
// long-term series forecasting", arXiv 2106.13008, equations 5 and 6; computed by a Fourier
// transform (Wiener, Khinchin), equation 8.
//
//   R(tau) = mean over channels of sum_t q_{(t + tau) mod T} k_t
//          = F^-1(F q * conj F k)
//   y_t    = sum over the best lags tau of softmax(R)_tau v_{(t + tau) mod T}
//
// Shapes   x (B, T, C) -> y (B, T, C); H heads of D = C / H channels with lags of their own, and m
//          of them: `lags`, or the whole part of factor * ln T.
// Cost     T C log T for the correlation and m T C for the values, beside the projections.
// Differs  all queries look equally far: at a lag. Where to look is chosen by the series as a
//          whole, so it finds periods and nothing that stands at one place only. The sequence is a
//          ring. Each sequence chooses its own lags, in training as well; the published code takes
//          those best for the batch then, and one set for all heads: that is heads = 1. A mask is
//          refused, because padding is part of what is correlated. Not causal, not for
//          cross-attention.
// Limit    it is the direct sum over all shifts (auto_correlation_is_the_direct_sum).
//
// The map that it publishes is the implied matrix: row t has the weight of lag tau at t + tau.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

// R of each head: q and k (..., T, D) -> (..., T), by lag.
Tensor correlation(const Tensor& q, const Tensor& k);

struct AutoCorrelationOptions {
  Index width = 0;   // C
  Index heads = 1;   // H
  Index lags = 0;    // m; 0: by the factor
  double factor = 2;
  bool fixed = false;  // the lags 0, 1, ..., m - 1 instead of the best: what is left without search
};

class AutoCorrelation : public Mixer {
 public:
  // Throws ValueError when the heads do not divide the width, on a negative number of lags, and
  // unless the factor is positive.
  AutoCorrelation(const AutoCorrelationOptions& options, Generator& rng);

  // How many lags of a sequence of T are read: at least 1, at most T; of an empty one none.
  Index lags_of(Index length) const;
  Mixed mix(const MixerInput& input) const override;

 private:
  AutoCorrelationOptions options_;
  Projections& project_;
};

}  // namespace heed::inline HEED_REAL::attention
