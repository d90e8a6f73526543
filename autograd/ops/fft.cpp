#include "autograd/ops/fft.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/graph.h"
#include "autograd/kernels/fft.h"
#include "autograd/ledger.h"
#include "autograd/ops/arithmetic.h"
#include "autograd/ops/join.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/shape_ops.h"
#include "autograd/ops/slicing.h"

namespace heed::inline HEED_REAL {
namespace {

void count_moved(const Tensor& x, const Tensor& y) {
  count_cost(0, static_cast<std::uint64_t>(x.size() + y.size()) * sizeof(Real));
}

void check_parts(const char* op, const Tensor& x, int least_rank, const char* shape) {
  if (x.rank() >= least_rank && x.dim(-1) == 2) return;
  throw ShapeError(
      fmt::format("[{}] x must be {}, real and imaginary part along the last axis, got {}", op,
                  shape, x.shape().str()));
}

// Of complex x: the axis of samples, counted from the front.
int sample_axis(const char* op, const Tensor& x, int axis) {
  check_parts(op, x, 2, "(..., n, 2)");
  axis = x.shape().erased(-1).axis(axis, op);
  if (x.dim(axis) == 0) throw ShapeError(fmt::format("[{}] there are no samples to transform", op));
  return axis;
}

void check_images(const char* op, const Tensor& x) { check_parts(op, x, 3, "(..., m, n, 2)"); }

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

Tensor fft(const Tensor& x, int axis) {
  const Calling calling("fft");
  axis = sample_axis("fft", x, axis);
  if (axis != x.rank() - 2) return transpose(fft(transpose(x, axis, -2)), axis, -2);
  const auto n = static_cast<double>(x.dim(-2));
  return differentiable("fft", complex_transform(x, false, 1),
                        wrt(x, [n](const Tensor& g) { return ifft(g) * n; }));
}

Tensor ifft(const Tensor& x, int axis) {
  const Calling calling("ifft");
  axis = sample_axis("ifft", x, axis);
  if (axis != x.rank() - 2) return transpose(ifft(transpose(x, axis, -2)), axis, -2);
  const auto n = static_cast<double>(x.dim(-2));
  return differentiable("ifft", complex_transform(x, true, 1 / n),
                        wrt(x, [n](const Tensor& g) { return fft(g) / n; }));
}

Tensor rfft(const Tensor& x, int axis) {
  const Calling calling("rfft");
  if (x.rank() == 0 || x.dim(axis = x.shape().axis(axis, "rfft")) == 0) {
    throw ShapeError(fmt::format("[rfft] x {} has no samples to transform", x.shape().str()));
  }
  if (axis != x.rank() - 1) return transpose(rfft(transpose(x, axis)), axis, -2);
  const Index n = x.dim(-1);
  Tensor y = Tensor::empty(x.shape().with(-1, n / 2 + 1).inserted(x.rank(), 2));
  rfft_rows(x.size() / n, n, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable("rfft", std::move(y), wrt(x, [n](const Tensor& g) {
                          return irfft(g * mirror_weights(n, 0.5), n) * static_cast<double>(n);
                        }));
}

Tensor irfft(const Tensor& x, Index n, int axis) {
  const Calling calling("irfft");
  axis = sample_axis("irfft", x, axis);
  const Index bins = x.dim(axis);
  if (n < 1 || n / 2 + 1 != bins) {
    throw ShapeError(
        fmt::format("[irfft] {} samples do not come from the {} frequencies of x {}\n"
                    "hint: n samples have n / 2 + 1",
                    n, bins, x.shape().str()));
  }
  if (axis != x.rank() - 2) return transpose(irfft(transpose(x, axis, -2), n), axis);
  Tensor y = Tensor::empty(x.shape().erased(-1).with(-1, n));
  irfft_rows(y.size() / n, n, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable("irfft", std::move(y), wrt(x, [n](const Tensor& g) {
                          return rfft(g) * mirror_weights(n, 2) / static_cast<double>(n);
                        }));
}

Tensor fft2(const Tensor& x) {
  const Calling calling("fft2");
  check_images("fft2", x);
  return fft(fft(x), -2);
}

Tensor ifft2(const Tensor& x) {
  const Calling calling("ifft2");
  check_images("ifft2", x);
  return ifft(ifft(x), -2);
}

Tensor rfft2(const Tensor& x) {
  const Calling calling("rfft2");
  if (x.rank() < 2) {
    throw ShapeError(fmt::format("[rfft2] x must be (..., m, n), got {}", x.shape().str()));
  }
  return fft(rfft(x), -2);
}

Tensor irfft2(const Tensor& x, Index n) {
  const Calling calling("irfft2");
  check_images("irfft2", x);
  return irfft(ifft(x, -2), n);
}

Tensor complex_multiply(const Tensor& a, const Tensor& b) {
  for (const Tensor& x : {a, b}) check_parts("complex_multiply", x, 1, "(..., 2)");
  broadcast(a.shape(), b.shape(), "complex_multiply");
  const auto multiplied = [](const Tensor& u, const Tensor& v) {
    const Tensor u0 = select(u, -1, 0), u1 = select(u, -1, 1);
    const Tensor v0 = select(v, -1, 0), v1 = select(v, -1, 1);
    return stack({u0 * v0 - u1 * v1, u0 * v1 + u1 * v0}, -1);
  };
  // The product as real numbers has the conjugate of the other factor for its derivative.
  const auto rule = [](const Tensor& other, const Shape& shape) {
    return [other = keep(other), shape](const Tensor& g) {
      return sum_to(complex_multiply(g, conj(other())), shape);
    };
  };
  return differentiable("complex_multiply", multiplied(a.detach(), b.detach()),
                        wrt(a, rule(b, a.shape())), wrt(b, rule(a, b.shape())));
}

Tensor conj(const Tensor& x) {
  const Calling calling("conj");
  check_parts("conj", x, 1, "(..., 2)");
  return x * Tensor({2}, {1, -1});
}

}  // namespace heed::inline HEED_REAL
