// Fourier transforms of many rows, spread over threads. What they compute: fft.h.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// y (rows, n, 2): the transform of x (rows, n, 2), or the inverse one, times `factor`.
void fft_rows(Index rows, Index n, bool inverse, double factor, const Real* x, Real* y);
// y (rows, n / 2 + 1, 2): the transform of x (rows, n).
void rfft_rows(Index rows, Index n, const Real* x, Real* y);
// y (rows, n): the inverse transform of x (rows, n / 2 + 1, 2), with the factor 1 / n.
void irfft_rows(Index rows, Index n, const Real* x, Real* y);

}  // namespace heed::inline HEED_REAL
