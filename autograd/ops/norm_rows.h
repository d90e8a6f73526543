// What layer_norm and rms_norm share: rows brought to one scale, then a weight and a bias an
// element; and all gradients of that.
#pragma once

#include "autograd/graph.h"
#include "autograd/kernels/norm_rows.h"

namespace heed::inline HEED_REAL {

// The rows of x, normalised, and the moments it took: RowMoments, (4, rows).
struct NormalisedRows {
  Tensor y;
  Tensor moments;
};
NormalisedRows normalise_rows(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              const RowNorm& norm);

// The gradients of x, weight and bias, as far as they are wanted, into out[0], out[1], out[2].
void normalise_rows_gradients(const Tensor& x, const Tensor& weight, const Tensor& g,
                              const RowNorm& norm, const Tensor& moments, Wanted wanted,
                              Tensor* out);

// Throws ShapeError unless weight and bias, where defined, are as long as a row of x; ValueError
// unless eps >= 0.
void check_row_norm(const char* op, const Tensor& x, const Tensor& weight, const Tensor& bias,
                    double eps);

// For the twins: x with each row near 1, and sqrt(mean(x^2) + eps) of each row in the same units.
// What normalises divides the one by the other: nothing overflows on the way.
struct RowsInUnits {
  Tensor x;
  Tensor size;  // (..., 1)
};
RowsInUnits rows_in_units(const Tensor& x, double eps);

// The tensor, or a constant row of x when it is undefined.
Tensor row_or(const Tensor& row, const Tensor& x, Real value);

}  // namespace heed::inline HEED_REAL
