// Kernel attention: the nearer a key, the more it weighs. The estimator of Nadaraya 1964, "On
// estimating regression", and Watson 1964, "Smooth regression analysis", as attention: Tsai et al.
// 2019, "Transformer dissection", arXiv 1908.11775, section 2.
//
//   y_i = sum_j kappa(u_ij) v_j / sum_j kappa(u_ij),   u_ij = |q_i - k_j| / sigma_h
//
//   gaussian      e^(-u^2 / 2)
//   boxcar        1 where u <= 1
//   triangular    1 - u where u < 1
//   epanechnikov  3/4 (1 - u^2) where u < 1; Epanechnikov 1969
//
// Shapes   x (B, T, C), context (B, S, C) -> y (B, T, C); H heads of size D = C / H, a bandwidth
//          sigma_h each.
// Cost     2 T S C multiply-adds as softmax attention, the distances from q . k; the weights,
//          H T S numbers, are kept.
// Differs  a long key does not win by its length: what counts is the distance. All but the Gaussian
//          are 0 beyond sigma, so a query without a neighbour reads 0. A boxcar has no slope: no
//          gradient reaches queries, keys or bandwidth; it is for smoothing with a given one.
//          Not where the size of a key means something.
// Limit    for keys of one length the Gaussian is softmax(q . k / sigma^2)
//          (gaussian_kernel_of_equal_norms_is_softmax).
//
// Options  bandwidth: where sigma starts; 0: D^(1/4) for the Gaussian, whose 1 / sigma^2 is then
//          the usual 1 / sqrt(D), and 4 sqrt(2 D) for the others, four times the distance of two
//          unit normal vectors, so that all are neighbours. It is learned, as a factor e^b_h.
//          projections: 0 leaves them out, q = x and k = v = context: plain smoothing.
#pragma once

#include "attention/projections.h"

namespace heed::inline HEED_REAL::attention {

enum class Kernel { gaussian, boxcar, triangular, epanechnikov };
// "kernel" for the Gaussian, else as above: the names in the catalog.
const char* name_of(Kernel kernel);

struct KernelScores {
  Tensor scores;  // log kappa up to a constant, (..., T, S); 0 where it is not near
  Mask near;      // kappa > 0; undefined: everywhere
};
// From |q - k|^2 (..., T, S) and bandwidths that broadcast against it.
KernelScores kernel_scores(const Tensor& squared_distances, const Tensor& bandwidth, Kernel kernel);

struct KernelOptions {
  Index width = 0;
  Index heads = 1;
  Kernel kernel = Kernel::gaussian;
  double bandwidth = 0;  // 0: see above
  bool causal = false;
  bool projections = true;
};

class KernelAttention : public Mixer {
 public:
  // Throws ValueError unless the heads divide the width and the bandwidth is not negative.
  KernelAttention(const KernelOptions& options, Generator& rng);
  // Takes a state when it is causal.
  Mixed mix(const MixerInput& input) const override;
  bool causal() const override { return options_.causal; }

  // sigma of each head, (H).
  Tensor bandwidths() const;

 private:
  KernelOptions options_;
  Pattern pattern_;
  Projections& project_;
  Tensor log_bandwidth_;  // b (H)
};

}  // namespace heed::inline HEED_REAL::attention
