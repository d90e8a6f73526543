// Discrete Fourier transforms over an axis of samples, the last one unless told otherwise. There is
// no complex type: a complex number is a last axis of 2, its real and its imaginary part, which is
// never counted among the axes of samples.
//
//   X_k = sum_j x_j e^{-2 pi i j k / n},    x_j = (1 / n) sum_k X_k e^{+2 pi i j k / n}
//
// The factor is PyTorch's and NumPy's default ("backward"): forward transforms have none, inverse
// ones 1 / n. Any n >= 1 takes the order of n log n; one with a large prime factor takes several
// times as long as a power of two. A row that holds a NaN or an infinity, or whose sum is beyond
// the range of Real, becomes NaN as a whole. Computed in Real, with waves made in double: the error
// grows as the root of log n.
//
// The transforms are linear, and the derivative of each is another one: no complex number is ever
// differentiated by another, the two parts are real numbers in their own right.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// x (..., n, 2) -> (..., n, 2).
Tensor fft(const Tensor& x, int axis = -1);
Tensor ifft(const Tensor& x, int axis = -1);
// Of real numbers, of which half the result says everything: x (..., n) -> (..., n / 2 + 1, 2).
Tensor rfft(const Tensor& x, int axis = -1);
// Its inverse: x (..., n / 2 + 1, 2) -> (..., n). The length must be said, since 2 m and 2 m + 1
// have as many frequencies. The imaginary part of frequency 0, and of n / 2 for an even n, is not
// looked at: in a transform of real numbers it is 0.
Tensor irfft(const Tensor& x, Index n, int axis = -1);

// Over the last two axes of samples: x (..., m, n, 2) -> (..., m, n, 2).
Tensor fft2(const Tensor& x);
Tensor ifft2(const Tensor& x);
// x (..., m, n) -> (..., m, n / 2 + 1, 2), and back.
Tensor rfft2(const Tensor& x);
Tensor irfft2(const Tensor& x, Index n);

// The product of complex numbers, element by element; a and b stretch to each other: (..., 2),
// (..., 2) -> (..., 2). Between two spectra it is a circular convolution of what they are of.
Tensor complex_multiply(const Tensor& a, const Tensor& b);
// With the sign of the imaginary part turned round: x (..., 2) -> (..., 2).
Tensor conj(const Tensor& x);

}  // namespace heed::inline HEED_REAL
