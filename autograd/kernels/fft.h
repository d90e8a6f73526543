// Fourier transforms of many rows, spread over threads. What they compute: ops/fft.h.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// Rows of n samples along the middle axis of (outer, n, inner), or of (outer, n, inner, 2) if they
// are complex.
struct SampleAxis {
  Index outer, n, inner;
};

// What a transform has for factors: all of its sum, and frequency 0 and, of an even n, n / 2 once
// more. With them a half of a spectrum has derivatives that are transforms like it.
struct HalfFactors {
  double all = 1, ends = 1;
};

// y: the transform of complex x, or the inverse one, times `factor` (without one of its own).
void fft_rows(const SampleAxis& axis, bool inverse, double factor, const Real* x, Real* y);
// y (outer, n / 2 + 1, inner, 2): the transform of real x (outer, n, inner), times the factors.
void rfft_rows(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y);
// y (outer, n, inner): the inverse transform, without a factor of its own, of x (outer, n / 2 + 1,
// inner, 2) times the factors.
void irfft_rows(const SampleAxis& axis, HalfFactors factors, const Real* x, Real* y);

}  // namespace heed::inline HEED_REAL
