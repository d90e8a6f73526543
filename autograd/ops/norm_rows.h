// What layer_norm and rms_norm share: rows brought to one scale, then a weight and a bias an
// element; and the kernel of all gradients.
#pragma once

#include <vector>

#include "autograd/graph.h"

namespace heed::inline HEED_REAL {

struct RowNorm {
  bool centred;  // the mean is taken off first
  double eps;
};

// What brings a row to scale 1: (x - mean) * scale. One of each a row; a mean of 0 when not
// centred.
struct RowMoments {
  Tensor mean;
  Tensor scale;
};

// (x - mean) * scale * weight + bias, weight and bias (width), and the moments it took.
struct NormalisedRows {
  Tensor y;
  RowMoments moments;
};
NormalisedRows normalise_rows(const Tensor& x, const Tensor& weight, const Tensor& bias,
                              const RowNorm& norm);

// The gradients of x, weight and bias, as far as they are wanted, into out[0], out[1], out[2].
void normalise_rows_gradients(const Tensor& x, const Tensor& weight, const Tensor& g,
                              const RowNorm& norm, const RowMoments& moments, Wanted wanted,
                              Tensor* out);

// Throws ShapeError unless weight and bias, where defined, are as long as a row of x; ValueError
// unless eps >= 0.
void check_row_norm(const char* op, const Tensor& x, const Tensor& weight, const Tensor& bias,
                    double eps);

// The tensor, or a constant row of x when it is undefined.
Tensor row_or(const Tensor& row, const Tensor& x, Real value);

}  // namespace heed::inline HEED_REAL
