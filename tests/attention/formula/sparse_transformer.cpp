// Child et al. 2019, arXiv 1904.10509, section 4.2: both patterns, each as its own union.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {

Array strided(const Given& in) {
  const Array distance = xt::abs(distances(in.x.shape(1), in.memory.shape(1)));  // (T, S)
  const double l = in.option.at("stride");
  const Array near = xt::where(distance < l, 1.0, 0.0);
  const Array on_stride = xt::where(distance - l * xt::floor(distance / l) < 0.5, 1.0, 0.0);
  const Array visible = seen(in) * xt::maximum(near, on_stride);
  return dot_product(in, visible, {scale_of(in, in.heads), in.heads, in.heads});
}

Array fixed(const Given& in) {
  const std::size_t tokens = in.x.shape(1);
  const auto l = static_cast<std::size_t>(in.option.at("block"));
  const auto c = static_cast<std::size_t>(in.option.at("summaries"));
  Array either = xt::zeros<double>({tokens, tokens});
  for (std::size_t i = 0; i < tokens; ++i) {
    for (std::size_t j = 0; j < tokens; ++j) {
      if (i / l == j / l || j % l >= l - c) either(i, j) = 1;
    }
  }
  return dot_product(in, seen(in) * either, {scale_of(in, in.heads), in.heads, in.heads});
}

}  // namespace heed_test::formula
