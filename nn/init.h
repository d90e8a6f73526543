// Initial values, as PyTorch draws them (the distributions, not the numbers). Plain uniform and
// normal are members of Generator.
//
// Weights are (out, in, ...): fan_in = in * the rest, fan_out = out * the rest. What needs fans
// throws ShapeError below rank 2.
#pragma once

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

// By how much a nonlinearity shrinks what goes through it, and weights therefore grow.
namespace gain {
inline constexpr double linear = 1;  // sigmoid, too
inline constexpr double tanh = 5.0 / 3;
inline constexpr double relu = 1.41421356237309505;  // sqrt(2)
double leaky_relu(double slope);                     // sqrt(2 / (1 + slope^2))
}  // namespace gain

// U(-b, b) with b = gain * sqrt(6 / (fan_in + fan_out)). Glorot and Bengio 2010, equation 16.
Tensor xavier_uniform(const Shape& shape, Generator& rng, double gain = 1);
// N(0, s^2) with s = gain * sqrt(2 / (fan_in + fan_out)).
Tensor xavier_normal(const Shape& shape, Generator& rng, double gain = 1);

// in keeps the scale of what flows forward, out that of gradients.
enum class Fan { in, out };
struct KaimingOptions {
  double gain = gain::relu;
  Fan fan = Fan::in;
};
// U(-b, b) with b = gain * sqrt(3 / fan). He, Zhang, Ren, Sun 2015, arXiv 1502.01852.
Tensor kaiming_uniform(const Shape& shape, Generator& rng, const KaimingOptions& options = {});
// N(0, s^2) with s = gain / sqrt(fan).
Tensor kaiming_normal(const Shape& shape, Generator& rng, const KaimingOptions& options = {});

// U(-b, b) with b = 1 / sqrt(fan_in): what PyTorch's linear and recurrent layers start from.
Tensor fan_in_uniform(const Shape& shape, Index fan_in, Generator& rng);

// `gain` times a matrix (shape[0], the rest) with orthonormal rows, or columns when there are more
// rows than columns; all such matrices are equally likely. Saxe, McClelland, Ganguli 2013, arXiv
// 1312.6120. Throws ShapeError below rank 2.
Tensor orthogonal(const Shape& shape, Generator& rng, double gain = 1);

struct TruncatedNormalOptions {
  double mean = 0;
  double deviation = 1;
  // No value lies outside. Not multiples of the deviation: the values themselves, as in PyTorch.
  double low = -2;
  double high = 2;
};
// N(mean, deviation^2), drawn again while outside of [low, high]. Throws ValueError unless
// deviation > 0 and at least 1 % of the distribution lies inside.
Tensor truncated_normal(const Shape& shape, Generator& rng,
                        const TruncatedNormalOptions& options = {});

}  // namespace heed::inline HEED_REAL::nn
