// Rows brought to one scale, then a weight and a bias an element; and all gradients of that. What
// layer norm and RMS norm share.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

struct RowNorm {
  bool centred;  // the mean is taken off first
  double eps;
};

// What brings a row to scale 1: (x * unit - mean) * scale + shift; one of each a row. Mean, shift
// are 0 where it is not centred; the shift is what rounding the mean has left. The unit is 1, but
// for rows whose squares would overflow or vanish: a power of 2 that brings them near 1.
template <class Number>
struct RowMoments {
  Number *mean, *scale, *shift, *unit;
};

// What is normalised: x (rows, n), and a weight (n).
struct NormInputs {
  Index rows, n;
  const Real *x, *weight;
};

// y = (x - mean(x)) / sqrt(mean((x - mean(x))^2) + eps) * weight + bias, bias (n), and the moments
// it took; without mean(x) where it is not centred.
void normalise_rows(const NormInputs& in, const Real* bias, const RowNorm& norm, Real* y,
                    const RowMoments<Real>& moments);

// From the cotangent g of y: dx (rows, n), and (2, n), of the weight and of the bias. Null: not
// wanted.
void normalise_rows_gradients(const NormInputs& in, const Real* g, const RowNorm& norm,
                              const RowMoments<const Real>& moments, Real* dx, Real* parameters);

}  // namespace heed::inline HEED_REAL
