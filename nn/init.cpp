#include "nn/init.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "autograd/skip_init.h"

namespace heed::inline HEED_REAL::nn {
namespace {

struct Fans {
  double in;
  double out;
};

void check_matrix(const char* op, const Shape& shape) {
  if (shape.rank() >= 2) return;
  throw ShapeError(fmt::format("[{}] needs at least (out, in), got {}", op, shape.str()));
}

Fans fans(const char* op, const Shape& shape) {
  check_matrix(op, shape);
  double rest = 1;
  for (int axis = 2; axis < shape.rank(); ++axis) rest *= static_cast<double>(shape[axis]);
  return {rest * static_cast<double>(shape[1]), rest * static_cast<double>(shape[0])};
}

double kaiming_deviation(const char* op, const Shape& shape, const KaimingOptions& options) {
  const Fans f = fans(op, shape);
  return options.gain / std::sqrt(options.fan == Fan::in ? f.in : f.out);
}

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// `count` orthonormal vectors: normal ones, made orthogonal one after the other (Gram-Schmidt).
// Each twice, because the first pass leaves rounding errors as large as what it took off: Giraud,
// Langou, Rozloznik 2005.
std::vector<Vector> orthonormal(Index count, Index size, Generator& rng) {
  std::vector<Vector> vectors;
  for (Index i = 0; i < count; ++i) {
    Vector v(static_cast<std::size_t>(size));
    std::generate(v.begin(), v.end(), [&] { return rng.normal(); });
    for (int pass = 0; pass < 2; ++pass) {
      for (const Vector& u : vectors) {
        const double share = dot(u, v);
        for (std::size_t j = 0; j < v.size(); ++j) v[j] -= share * u[j];
      }
    }
    const double length = std::sqrt(dot(v, v));
    for (double& x : v) x /= length;
    vectors.push_back(std::move(v));
  }
  return vectors;
}

// How much of a standard normal lies below x.
double below(double x) { return 0.5 * std::erfc(-x / gain::relu); }

}  // namespace

double gain::leaky_relu(double slope) { return std::sqrt(2 / (1 + slope * slope)); }

Tensor xavier_uniform(const Shape& shape, Generator& rng, double gain) {
  const Fans f = fans("xavier_uniform", shape);
  const double bound = gain * std::sqrt(6 / (f.in + f.out));
  return rng.uniform(shape, -bound, bound);
}

Tensor xavier_normal(const Shape& shape, Generator& rng, double gain) {
  const Fans f = fans("xavier_normal", shape);
  return rng.normal(shape, 0, gain * std::sqrt(2 / (f.in + f.out)));
}

Tensor kaiming_uniform(const Shape& shape, Generator& rng, const KaimingOptions& options) {
  const double bound = std::sqrt(3.0) * kaiming_deviation("kaiming_uniform", shape, options);
  return rng.uniform(shape, -bound, bound);
}

Tensor kaiming_normal(const Shape& shape, Generator& rng, const KaimingOptions& options) {
  return rng.normal(shape, 0, kaiming_deviation("kaiming_normal", shape, options));
}

Tensor fan_in_uniform(const Shape& shape, Index fan_in, Generator& rng) {
  if (fan_in < 1) {
    throw ValueError(fmt::format("[fan_in_uniform] fan_in must be at least 1, got {}", fan_in));
  }
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  return rng.uniform(shape, -bound, bound);
}

Tensor orthogonal(const Shape& shape, Generator& rng, double gain) {
  check_matrix("orthogonal", shape);
  if (skipping_init()) return Tensor::zeros(shape);
  const Index rows = shape[0];
  const Index columns = rows == 0 ? 0 : shape.size() / rows;
  const bool wide = rows <= columns;
  const std::vector<Vector> vectors =
      orthonormal(std::min(rows, columns), std::max(rows, columns), rng);
  std::vector<Real> values;
  values.reserve(static_cast<std::size_t>(shape.size()));
  for (Index i = 0; i < rows; ++i) {
    for (Index j = 0; j < columns; ++j) {
      const auto vector = static_cast<std::size_t>(wide ? i : j);
      const auto place = static_cast<std::size_t>(wide ? j : i);
      values.push_back(static_cast<Real>(gain * vectors[vector][place]));
    }
  }
  return Tensor(shape, values);
}

Tensor truncated_normal(const Shape& shape, Generator& rng, const TruncatedNormalOptions& options) {
  const auto [mean, deviation, low, high] = options;
  if (!(deviation > 0)) {
    throw ValueError(
        fmt::format("[truncated_normal] deviation must be above 0, got {}", deviation));
  }
  const double inside = below((high - mean) / deviation) - below((low - mean) / deviation);
  if (!(inside >= 0.01)) {
    throw ValueError(fmt::format(
        "[truncated_normal] [{}, {}] must hold at least 1 % of N({}, {}^2), and holds {:.2g} %",
        low, high, mean, deviation, 100 * inside));
  }
  if (skipping_init()) return Tensor::zeros(shape);
  std::vector<Real> values(static_cast<std::size_t>(shape.size()));
  for (Real& value : values) {
    double drawn = mean + deviation * rng.normal();
    while (drawn < low || drawn > high) drawn = mean + deviation * rng.normal();
    value = static_cast<Real>(drawn);
  }
  return Tensor(shape, values);
}

}  // namespace heed::inline HEED_REAL::nn
