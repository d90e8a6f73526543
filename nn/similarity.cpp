#include "nn/similarity.h"

#include <fmt/format.h>

#include <numeric>

#include "autograd/calling.h"
#include "autograd/ops.h"
#include "nn/check.h"
#include "nn/losses.h"

namespace heed::inline HEED_REAL::nn {
namespace {

// The cross-entropy of scores (N, M) with label i in row i.
Tensor diagonal_cross_entropy(const Tensor& scores) {
  std::vector<std::int32_t> labels(static_cast<std::size_t>(scores.dim(0)));
  std::iota(labels.begin(), labels.end(), 0);
  return cross_entropy(scores, Indices(std::move(labels)));
}

}  // namespace

Tensor normalize(const Tensor& x, int axis, double eps) {
  const Calling calling("normalize");
  const Tensor length = norm(x, {axis}, true);
  return x / where(length < eps, eps, length);
}

Tensor cosine_similarity(const Tensor& a, const Tensor& b, int axis, double eps) {
  const Calling calling("cosine_similarity");
  return sum(normalize(a, axis, eps) * normalize(b, axis, eps), {axis});
}

Tensor cosine_embedding(const Tensor& a, const Tensor& b, const Indices& labels,
                        const CosineEmbeddingOptions& options) {
  const Calling calling("cosine_embedding");
  if (a.shape() != b.shape() || a.rank() == 0 || a.shape().erased(-1) != labels.shape()) {
    throw ShapeError(fmt::format(
        "[cosine_embedding] a {} and b {} must have one shape, and labels {} theirs without its "
        "last axis",
        a.shape().str(), b.shape().str(), labels.shape().str()));
  }
  std::vector<std::uint8_t> together;
  for (Index i = 0; i < labels.size(); ++i) {
    if (labels[i] != 1 && labels[i] != -1) {
      throw ValueError(fmt::format("[cosine_embedding] labels are 1 or -1, got {} at position {}",
                                   labels[i], i));
    }
    together.push_back(labels[i] == 1);
  }
  const Tensor cosine = cosine_similarity(a, b);  // (..., D) -> (...)
  const Tensor each =
      where(Mask(labels.shape(), std::move(together)), 1 - cosine, relu(cosine - options.margin));
  return reduce(each, options.reduction);
}

Tensor info_nce(const Tensor& scores, bool symmetric) {
  const Calling calling("info_nce");
  check_shape("info_nce", "scores", scores, "(N, M)", {-1, -1});
  const Index n = scores.dim(0), m = scores.dim(1);
  if (m < n || (symmetric && m != n)) {
    throw ShapeError(fmt::format("[info_nce] {} queries need {} keys of their own, got scores {}",
                                 n, symmetric ? "as many" : "at least as many",
                                 scores.shape().str()));
  }
  const Tensor of_queries = diagonal_cross_entropy(scores);
  if (!symmetric) return of_queries;
  return (of_queries + diagonal_cross_entropy(transpose(scores))) / 2;
}

Tensor info_nce(const Tensor& queries, const Tensor& keys, const InfoNceOptions& options) {
  const Calling calling("info_nce");
  check_shape("info_nce", "queries", queries, "(N, D)", {-1, -1});
  check_shape("info_nce", "keys", keys, "(M, D)", {-1, queries.dim(1)});
  if (!(options.temperature > 0)) {
    throw ValueError(
        fmt::format("[info_nce] temperature must be above 0, got {}", options.temperature));
  }
  const Tensor cosines = matmul(normalize(queries), normalize(keys), {.transpose_b = true});
  return info_nce(cosines / options.temperature, options.symmetric);  // (N, M) -> ()
}

}  // namespace heed::inline HEED_REAL::nn
