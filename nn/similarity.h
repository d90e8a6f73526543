// Losses that compare the directions of vectors.
#pragma once

#include "autograd/ops/cross_entropy.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// x / max(|x|, eps) along an axis: of length 1, but for vectors shorter than eps.
Tensor normalize(const Tensor& x, int axis = -1, double eps = 1e-12);

// a . b / (max(|a|, eps) max(|b|, eps)) along an axis, which goes away; a and b broadcast. 0 beside
// a vector of zeros.
Tensor cosine_similarity(const Tensor& a, const Tensor& b, int axis = -1, double eps = 1e-8);

struct CosineEmbeddingOptions {
  double margin = 0;
  Reduction reduction = Reduction::mean;
};
// 1 - cos(a, b) for pairs that belong together (label 1), max(0, cos(a, b) - margin) for pairs that
// do not (label -1). a and b (..., D), labels (...) -> one value a pair. Throws ShapeError, and
// ValueError on any other label.
Tensor cosine_embedding(const Tensor& a, const Tensor& b, const Indices& labels,
                        const CosineEmbeddingOptions& options = {});

struct InfoNceOptions {
  double temperature = 0.07;
  bool symmetric = false;  // the mean with the same question asked of every key
};
// Which of M keys belongs to each of N queries? The cross-entropy of scores (N, M) when key i
// belongs to query i; the keys from N on belong to nobody. van den Oord, Li, Vinyals 2018, "CPC",
// arXiv 1807.03748, equation 4; symmetric, with M = N: Radford et al. 2021, "CLIP", arXiv
// 2103.00020, figure 3. Throws ShapeError.
Tensor info_nce(const Tensor& scores, bool symmetric = false);
// The same of the cosines between queries (N, D) and keys (M, D), divided by the temperature.
// Throws ValueError unless temperature > 0.
Tensor info_nce(const Tensor& queries, const Tensor& keys, const InfoNceOptions& options = {});

}  // namespace heed::inline HEED_REAL::nn
