#include "autograd/ops/fft.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/graph.h"
#include "autograd/kernels/fft.h"
#include "autograd/ledger.h"
#include "autograd/ops/arithmetic.h"

namespace heed::inline HEED_REAL {
namespace {

void count_moved(const Tensor& x, const Tensor& y) {
  count_cost(0, static_cast<std::uint64_t>(x.size() + y.size()) * sizeof(Real));
}

// The number of samples of complex x.
Index check_complex(const char* op, const Tensor& x) {
  if (x.rank() < 2 || x.dim(-1) != 2) {
    throw ShapeError(fmt::format(
        "[{}] x must be (..., n, 2), real and imaginary part along the last axis, got {}", op,
        x.shape().str()));
  }
  if (x.dim(-2) == 0) throw ShapeError(fmt::format("[{}] there are no samples to transform", op));
  return x.dim(-2);
}

// Both directions between complex numbers, each result times `factor`.
Tensor complex_transform(const Tensor& x, bool inverse, double factor) {
  const Index n = x.dim(-2);
  Tensor y = Tensor::empty(x.shape());
  fft_rows(x.size() / (2 * n), n, inverse, factor, x.data(), y.mutable_data());
  count_moved(x, y);
  return y;
}

// (n / 2 + 1, 1): 1 for the frequencies that are their own mirror image, `factor` for those that
// stand for two.
Tensor mirror_weights(Index n, double factor) {
  const Index bins = n / 2 + 1;
  const Tensor weights = Tensor::full({bins, 1}, static_cast<Real>(factor));
  weights.mutable_data()[0] = 1;
  if (n % 2 == 0) weights.mutable_data()[bins - 1] = 1;
  return weights;
}

}  // namespace

Tensor fft(const Tensor& x) {
  const auto n = static_cast<double>(check_complex("fft", x));
  return differentiable("fft", complex_transform(x, false, 1),
                        wrt(x, [n](const Tensor& g) { return ifft(g) * n; }));
}

Tensor ifft(const Tensor& x) {
  const auto n = static_cast<double>(check_complex("ifft", x));
  return differentiable("ifft", complex_transform(x, true, 1 / n),
                        wrt(x, [n](const Tensor& g) { return fft(g) / n; }));
}

Tensor rfft(const Tensor& x) {
  if (x.rank() == 0 || x.dim(-1) == 0) {
    throw ShapeError(fmt::format("[rfft] x {} has no samples to transform", x.shape().str()));
  }
  const Index n = x.dim(-1);
  Tensor y = Tensor::empty(x.shape().with(-1, n / 2 + 1).inserted(x.rank(), 2));
  rfft_rows(x.size() / n, n, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable("rfft", std::move(y), wrt(x, [n](const Tensor& g) {
                          return irfft(g * mirror_weights(n, 0.5), n) * static_cast<double>(n);
                        }));
}

Tensor irfft(const Tensor& x, Index n) {
  const Index bins = check_complex("irfft", x);
  if (n < 1 || n / 2 + 1 != bins) {
    throw ShapeError(
        fmt::format("[irfft] {} samples do not come from the {} frequencies of x {}\n"
                    "hint: n samples have n / 2 + 1",
                    n, bins, x.shape().str()));
  }
  Tensor y = Tensor::empty(x.shape().erased(-1).with(-1, n));
  irfft_rows(y.size() / n, n, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable("irfft", std::move(y), wrt(x, [n](const Tensor& g) {
                          return rfft(g) * mirror_weights(n, 2) / static_cast<double>(n);
                        }));
}

}  // namespace heed::inline HEED_REAL
