#include "autograd/ops/fft.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/graph.h"
#include "autograd/kernels/complex.h"
#include "autograd/kernels/fft.h"
#include "autograd/ledger.h"
#include "autograd/ops/reduce.h"
#include "autograd/ops/shape_ops.h"

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

// Of samples along `axis` of x, which has `parts` axes of its own behind those of samples.
SampleAxis along(const Tensor& x, int axis, int parts, Index n) {
  SampleAxis all{1, n, 1};
  for (int i = 0; i < axis; ++i) all.outer *= x.dim(i);
  for (int i = axis + 1; i < x.rank() - parts; ++i) all.inner *= x.dim(i);
  return all;
}

// The transforms with any factor, so that the derivative of each is another one of them.

// Both directions between complex numbers.
Tensor complex_transform(const Tensor& x, int axis, bool inverse, double factor) {
  Tensor y = Tensor::empty(x.shape());
  fft_rows(along(x, axis, 1, x.dim(axis)), inverse, factor, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable(inverse ? "ifft" : "fft", std::move(y),
                        wrt(x, [axis, inverse, factor](const Tensor& g) {
                          return complex_transform(g, axis, !inverse, factor);
                        }));
}

Tensor half_to_real(const Tensor& x, int axis, Index n, HalfFactors factors);

Tensor real_to_half(const Tensor& x, int axis, HalfFactors factors) {
  const Index n = x.dim(axis);
  Tensor y = Tensor::empty(x.shape().with(axis, n / 2 + 1).inserted(x.rank(), 2));
  rfft_rows(along(x, axis, 0, n), factors, x.data(), y.mutable_data());
  count_moved(x, y);
  // Backward, all but the ends count twice: they stand for their mirror images as well.
  return differentiable("rfft", std::move(y), wrt(x, [=](const Tensor& g) {
                          return half_to_real(g, axis, n, {factors.all / 2, factors.ends * 2});
                        }));
}

// Complex x, n real numbers.
Tensor half_to_real(const Tensor& x, int axis, Index n, HalfFactors factors) {
  Tensor y = Tensor::empty(x.shape().erased(-1).with(axis, n));
  irfft_rows(along(x, axis, 1, n), factors, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable("irfft", std::move(y), wrt(x, [=](const Tensor& g) {
                          return real_to_half(g, axis, {factors.all * 2, factors.ends / 2});
                        }));
}

// x itself where it only begins again and again along `whole`, and not after a few numbers; or
// written out.
Tensor repeatable(const Tensor& x, const Shape& whole) {
  constexpr Index few = 32;
  int axis = 0;
  while (axis < x.rank() && x.dim(axis) == 1) ++axis;
  for (int i = axis - x.rank(); i < 0; ++i) {
    if (x.dim(i) != whole[i]) return expand(x, whole);
  }
  return x.size() < few ? expand(x, whole) : x;
}

// Of a and b or its conjugate. The derivative by a factor has the conjugate of the other one.
Tensor complex_product(const Tensor& a, const Tensor& b, bool conjugate) {
  const Shape shape = broadcast(a.shape(), b.shape(), "complex_multiply");
  const Tensor u = repeatable(a.detach(), shape), v = repeatable(b.detach(), shape);
  Tensor y = Tensor::empty(shape);
  if (y.size() > 0) {
    multiply_complex({u.data(), u.size() / 2}, {v.data(), v.size() / 2}, conjugate,
                     y.mutable_data());
  }
  count_cost(static_cast<std::uint64_t>(2 * y.size()),
             static_cast<std::uint64_t>(u.size() + v.size() + y.size()) * sizeof(Real));
  return differentiable(
      "complex_multiply", std::move(y),
      wrt(a, [b = keep(b), shape = a.shape(), conjugate](const Tensor& g) {
        return sum_to(complex_product(g, b(), !conjugate), shape);
      }),
      wrt(b, [a = keep(a), shape = b.shape(), conjugate](const Tensor& g) {
        return sum_to(conjugate ? complex_product(a(), g, true) : complex_product(g, a(), true),
                      shape);
      }));
}

}  // namespace

Tensor fft(const Tensor& x, int axis) {
  const Calling calling("fft");
  return complex_transform(x, sample_axis("fft", x, axis), false, 1);
}

Tensor ifft(const Tensor& x, int axis) {
  const Calling calling("ifft");
  axis = sample_axis("ifft", x, axis);
  return complex_transform(x, axis, true, 1 / static_cast<double>(x.dim(axis)));
}

Tensor rfft(const Tensor& x, int axis) {
  const Calling calling("rfft");
  if (x.rank() == 0 || x.dim(axis = x.shape().axis(axis, "rfft")) == 0) {
    throw ShapeError(fmt::format("[rfft] x {} has no samples to transform", x.shape().str()));
  }
  return real_to_half(x, axis, {});
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
  return half_to_real(x, axis, n, {.all = 1 / static_cast<double>(n)});
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
  return complex_product(a, b, false);
}

Tensor conj(const Tensor& x) {
  const Calling calling("conj");
  check_parts("conj", x, 1, "(..., 2)");
  Tensor y = Tensor::empty(x.shape());
  conjugate_complex(x.size() / 2, x.data(), y.mutable_data());
  count_moved(x, y);
  return differentiable("conj", std::move(y), wrt(x, [](const Tensor& g) { return conj(g); }));
}

}  // namespace heed::inline HEED_REAL
