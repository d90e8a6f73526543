// Nadaraya 1964, Watson 1964: sum_j kappa_ij v_j / sum_j kappa_ij, with kappa itself and not its
// logarithm, and distances from the differences.
#include <cmath>

#include "tests/attention/formula/formula.h"

namespace heed_test::formula {
namespace {

// By squared distance in units of the bandwidth, whose start is given.
Array smoothed(const Given& in, double start, Array (*kappa)(const Array& u2)) {
  const Projected at = projected(in, {1, in.heads, in.heads});
  const Array differences = xt::view(at.q, xt::all(), xt::all(), xt::all(), xt::newaxis()) -
                            xt::view(at.k, xt::all(), xt::all(), xt::newaxis(), xt::all());
  Array sigma = start * xt::exp(in["log_bandwidth"]);  // (H)
  sigma.reshape({std::size_t{1}, in.heads, std::size_t{1}, std::size_t{1}});
  const Array u2 = xt::sum(xt::square(differences), {4}) / xt::square(sigma);  // (B, H, T, S)
  const Array weights = kappa(u2) * seen(in);
  const Array total = xt::sum(weights, {3}, xt::keep_dims);
  return output(in, matmul(weights / xt::where(total > 0.0, total, 1.0), at.v));
}

double size(const Given& in) { return static_cast<double>(in.x.shape(2) / in.heads); }
double wide(const Given& in) { return 4 * std::sqrt(2 * size(in)); }

}  // namespace

Array gaussian(const Given& in) {
  return smoothed(in, std::pow(size(in), 0.25),
                  [](const Array& u2) -> Array { return xt::exp(-u2 / 2.0); });
}

Array boxcar(const Given& in) {
  return smoothed(in, wide(in), [](const Array& u2) -> Array {
    return xt::where(u2 <= 1.0, 1.0, 0.0);
  });
}

Array triangular(const Given& in) {
  return smoothed(in, wide(in), [](const Array& u2) -> Array { return relu(1.0 - xt::sqrt(u2)); });
}

Array epanechnikov(const Given& in) {
  return smoothed(in, wide(in), [](const Array& u2) -> Array { return relu(1.0 - u2) * 0.75; });
}

}  // namespace heed_test::formula
