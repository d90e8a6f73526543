// How far apart vectors are, and a loss of it.
#pragma once

#include "autograd/ops/cross_entropy.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

struct PairwiseDistanceOptions {
  double p = 2;       // of the norm; infinity: the largest difference
  double eps = 1e-6;  // added to every difference, so that none is 0
  bool keepdims = false;
};
// (sum_i |a_i - b_i + eps|^p)^(1/p) over the last axis; a and b broadcast. (..., D) -> (...).
// Throws ShapeError, and ValueError unless p > 0.
Tensor pairwise_distance(const Tensor& a, const Tensor& b,
                         const PairwiseDistanceOptions& options = {});

struct TripletMarginOptions {
  double margin = 1;
  double p = 2;
  double eps = 1e-6;
  // The negative is held to be as near as it is to the nearer one of anchor and positive. Balntas
  // et al. 2016, "Learning local feature descriptors with triplets and shallow convolutional neural
  // networks".
  bool swap = false;
  Reduction reduction = Reduction::mean;
};
// max(0, margin + d(anchor, positive) - d(anchor, negative)) with pairwise_distance as d. All (...,
// D) -> one value a triplet. Schroff, Kalenichenko, Philbin 2015, "FaceNet", arXiv 1503.03832,
// equation 3, whose distances are squared. Throws ShapeError, and ValueError unless margin > 0 and
// p > 0.
Tensor triplet_margin(const Tensor& anchor, const Tensor& positive, const Tensor& negative,
                      const TripletMarginOptions& options = {});

}  // namespace heed::inline HEED_REAL::nn
