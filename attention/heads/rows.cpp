#include "attention/heads/rows.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "attention/heads/map_shape.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

// |i - j|, (T, S).
Tensor distances(Index queries, Index keys) {
  const Index shift = keys - queries;
  std::vector<Real> values;
  for (Index i = 0; i < queries; ++i) {
    for (Index j = 0; j < keys; ++j) values.push_back(static_cast<Real>(std::abs(i + shift - j)));
  }
  return Tensor({queries, keys}, values);
}

// Of distributions along the last axis.
Tensor entropy(const Tensor& p) { return 0.0 - sum(p * log(where(p > 0, p, 1.0)), {-1}); }

}  // namespace

Tensor row_entropy(const Tensor& weights) {
  require_map("row_entropy", weights);
  return entropy(weights);
}

Tensor row_distance(const Tensor& weights) {
  require_map("row_distance", weights);
  return sum(weights * distances(weights.dim(2), weights.dim(3)), {-1});
}

Tensor row_mass(const Tensor& weights, const Mask& keys) {
  require_map("row_mass", weights);
  return sum(where(stretched("row_mass", keys, weights.shape()), weights, 0.0), {-1});
}

Tensor first_key_mass(const Tensor& weights) {
  require_map("first_key_mass", weights);
  return squeeze(slice(weights, 3, 0, 1), 3);
}

Tensor head_means(const Tensor& rows, const Mask& counted) {
  if (rows.rank() != 3) {
    throw ShapeError(
        fmt::format("[head_means] rows must be (B, H, T): got {}", rows.shape().str()));
  }
  if (!counted.defined()) return mean(rows, {0, 2});
  const Mask all = stretched("head_means", counted, rows.shape());
  return sum(where(all, rows, 0.0), {0, 2}) / sum(to_tensor(all), {0, 2});
}

Tensor jensen_shannon(const Tensor& a, const Tensor& b) {
  return entropy((a + b) * 0.5) - (entropy(a) + entropy(b)) * 0.5;
}

Tensor total_variation(const Tensor& a, const Tensor& b) { return sum(abs(a - b), {-1}) * 0.5; }

Tensor head_distances(const Tensor& weights) {
  require_map("head_distances", weights);
  std::vector<Tensor> lines;  // (H) each
  for (Index h = 0; h < weights.dim(1); ++h) {
    lines.push_back(head_means(jensen_shannon(slice(weights, 1, h, h + 1), weights)));
  }
  return stack(lines, 0);
}

}  // namespace heed::inline HEED_REAL::attention
