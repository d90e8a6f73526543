#include "nn/init.h"

#include <fmt/format.h>

#include <cmath>

namespace heed::inline HEED_REAL::nn {
namespace {

struct Fans {
  double in;
  double out;
};

Fans fans(const char* op, const Shape& shape) {
  if (shape.rank() < 2) {
    throw ShapeError(fmt::format("[{}] needs at least (out, in), got {}", op, shape.str()));
  }
  double rest = 1;
  for (int axis = 2; axis < shape.rank(); ++axis) rest *= static_cast<double>(shape[axis]);
  return {rest * static_cast<double>(shape[1]), rest * static_cast<double>(shape[0])};
}

}  // namespace

Tensor xavier_uniform(const Shape& shape, Generator& rng, double gain) {
  const Fans f = fans("xavier_uniform", shape);
  const double bound = gain * std::sqrt(6 / (f.in + f.out));
  return rng.uniform(shape, -bound, bound);
}

Tensor xavier_normal(const Shape& shape, Generator& rng, double gain) {
  const Fans f = fans("xavier_normal", shape);
  return rng.normal(shape, 0, gain * std::sqrt(2 / (f.in + f.out)));
}

Tensor kaiming_uniform(const Shape& shape, Generator& rng, double slope) {
  const Fans f = fans("kaiming_uniform", shape);
  const double bound = std::sqrt(6 / ((1 + slope * slope) * f.in));
  return rng.uniform(shape, -bound, bound);
}

Tensor fan_in_uniform(const Shape& shape, Index fan_in, Generator& rng) {
  if (fan_in < 1) {
    throw ValueError(fmt::format("[fan_in_uniform] fan_in must be at least 1, got {}", fan_in));
  }
  const double bound = 1 / std::sqrt(static_cast<double>(fan_in));
  return rng.uniform(shape, -bound, bound);
}

}  // namespace heed::inline HEED_REAL::nn
