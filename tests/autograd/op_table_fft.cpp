#include <cmath>
#include <limits>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

constexpr double pi = 3.14159265358979323846;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct Complex {
  double real, imaginary;
};

// The sum over all samples of sample(j) e^{sign 2 pi i j k / n}.
Complex wave_sum(Index n, Index k, int sign, const std::function<Complex(Index)>& sample) {
  Complex sum{0, 0};
  for (Index j = 0; j < n; ++j) {
    const double angle = sign * 2 * pi * static_cast<double>(j * k % n) / static_cast<double>(n);
    const Complex z = sample(j);
    sum.real += z.real * std::cos(angle) - z.imaginary * std::sin(angle);
    sum.imaginary += z.real * std::sin(angle) + z.imaginary * std::cos(angle);
    // What is not finite makes all of its row NaN.
    if (!std::isfinite(z.real) || !std::isfinite(z.imaginary)) return {nan, nan};
  }
  return sum;
}

// The number at position `at`, whose last axis is that of samples, of complex x.
Complex complex_at(const Plain& x, Position at) {
  const std::size_t last = at.size();
  at.push_back(0);
  const double real = x(at);
  at[last] = 1;
  return {real, x(at)};
}

Plain complex_sums(const Plain& x, int sign, double scale) {
  const Index n = x.shape[-2];
  return build(x.shape, [&](const Position& p) {
    const Position samples(p.begin(), p.end() - 1);
    const int axis = static_cast<int>(samples.size()) - 1;
    const Complex sum = wave_sum(n, samples.back(), sign,
                                 [&](Index j) { return complex_at(x, with(samples, axis, j)); });
    return scale * (p.back() == 0 ? sum.real : sum.imaginary);
  });
}

Plain real_sums(const Plain& x) {
  const Index n = x.shape[-1];
  const Shape shape = x.shape.with(-1, n / 2 + 1).inserted(x.shape.rank(), 2);
  return build(shape, [&](const Position& p) {
    const Position place(p.begin(), p.end() - 1);
    const int axis = static_cast<int>(place.size()) - 1;
    const Complex sum = wave_sum(n, place.back(), -1, [&](Index j) {
      return Complex{x(with(place, axis, j)), 0};
    });
    return p.back() == 0 ? sum.real : sum.imaginary;
  });
}

// The half spectrum written out in full, then the sum.
Plain inverse_real_sums(const Plain& x, Index n) {
  const Shape shape = x.shape.erased(-1).with(-1, n);
  return build(shape, [&](const Position& p) {
    const int axis = static_cast<int>(p.size()) - 1;
    const Complex sum = wave_sum(n, p.back(), 1, [&](Index k) {
      const bool mirrored = 2 * k > n;
      Complex z = complex_at(x, with(p, axis, mirrored ? n - k : k));
      if (k == 0 || 2 * k == n) z.imaginary = 0;
      return Complex{z.real, mirrored ? -z.imaginary : z.imaginary};
    });
    return sum.real / static_cast<double>(n);
  });
}

// Lengths 1 and 2, powers of small primes, all radices that have code of their own, and two with a
// prime that is too large for a sum; as many rows as lanes hold, and one more.
const std::vector<std::vector<Shape>> complex_lengths = {
    {{1, 2}},     {{3, 2, 2}}, {{2, 9, 2}},  {{2, 11, 2}}, {{1, 2, 60, 2}},
    {{2, 64, 2}}, {{49, 2}},   {{2, 67, 2}}, {{134, 2}},  {{9, 7, 2}}};

Row fft_row() {
  return {.name = "fft",
          .op = "fft(Tensor, int)",
          .call = [](const Tensors& x) { return heed::fft(x[0]); },
          .formula = [](const Plains& x) { return complex_sums(x[0], -1, 1); },
          .shapes = {{2, 6, 2}},
          .more = complex_lengths,
          .without = {{{0, 6, 2}}},
          .large = {{40, 256, 2}},
          .refusals = {{.label = "real",
                        .call =
                            [] {
                              heed::fft(Tensor::ones({2, 3}));
                            },
                        .text = "[fft] x must be (..., n, 2), real and imaginary part along the "
                                "last axis, got (2, 3)"},
                       {.label = "no_samples",
                        .call =
                            [] {
                              heed::fft(Tensor::ones({3, 0, 2}));
                            },
                        .text = "[fft] there are no samples to transform"}},
          .drawn = Drawn{.least_rank = 1, .least_extent = 1, .shapes = [](const Shape& x) {
                           return std::vector<Shape>{x.inserted(x.rank(), 2)};
                         }}};
}

Row ifft_row() {
  return {.name = "ifft",
          .op = "ifft(Tensor, int)",
          .call = [](const Tensors& x) { return heed::ifft(x[0]); },
          .formula =
              [](const Plains& x) {
                return complex_sums(x[0], 1, 1 / static_cast<double>(x[0].shape[-2]));
              },
          .shapes = {{2, 5, 2}},
          .more = complex_lengths,
          .without = {{{0, 6, 2}}},
          .large = {{40, 256, 2}},
          .refusals = {{.label = "rank",
                        .call = [] { heed::ifft(Tensor::ones({2})); },
                        .text = "[ifft] x must be (..., n, 2), real and imaginary part along the "
                                "last axis, got (2)"}},
          .drawn = Drawn{.least_rank = 1, .least_extent = 1, .shapes = [](const Shape& x) {
                           return std::vector<Shape>{x.inserted(x.rank(), 2)};
                         }}};
}

Row rfft_row(const std::string& variant, const Shape& shape) {
  return {.name = "rfft_" + variant,
          .op = "rfft(Tensor, int)",
          .call = [](const Tensors& x) { return heed::rfft(x[0]); },
          .formula = [](const Plains& x) { return real_sums(x[0]); },
          .shapes = {shape},
          .more = {{{1}}, {{3, 2}}, {{2, 3}}, {{2, 13}}, {{1, 2, 48}}, {{45}}, {{67}}, {{134}},
                   {{9, 7}}},
          .without = {{{0, 6}}},
          .large = {{40, 512}},
          .refusals = {{.label = "scalar",
                        .call = [] { heed::rfft(Tensor::scalar(1)); },
                        .text = "[rfft] x () has no samples to transform"}},
          .drawn = Drawn{.least_rank = 1, .least_extent = 1}};
}

Row irfft_row(const std::string& variant, bool odd, const Shape& shape) {
  const auto length = [odd](const Shape& x) { return 2 * (x[-2] - 1) + (odd ? 1 : 0); };
  return {
      .name = "irfft_" + variant,
      .op = "irfft(Tensor, Index, int)",
      .call = [=](const Tensors& x) { return heed::irfft(x[0], length(x[0].shape())); },
      .formula = [=](const Plains& x) { return inverse_real_sums(x[0], length(x[0].shape)); },
      .shapes = {shape},
      .more = {{{2, 2}}, {{3, 7, 2}}, {{1, 2, 25, 2}}, {{68, 2}}, {{9, 4, 2}}},
      .without = {{{0, 4, 2}}},
      .large = {{40, 257, 2}},
      .refusals = {{.label = "length",
                    .call =
                        [] {
                          heed::irfft(Tensor::ones({2, 4, 2}), 8);
                        },
                    .text = "[irfft] 8 samples do not come from the 4 frequencies of x (2, 4, 2)\n"
                            "hint: n samples have n / 2 + 1"}},
      .drawn = Drawn{.least_rank = 1, .least_extent = 1, .shapes = [](const Shape& x) {
                       return std::vector<Shape>{x.with(-1, x[-1] + 1).inserted(x.rank(), 2)};
                     }}};
}

// Two axes change places.
Plain exchanged(const Plain& x, int a, int b) {
  const Shape shape = x.shape.with(a, x.shape[b]).with(b, x.shape[a]);
  return build(shape, [&](const Position& p) {
    const auto at = [&p](int axis) { return p[static_cast<std::size_t>(axis)]; };
    return x(with(with(p, a, at(b)), b, at(a)));
  });
}

// Over axis 0 of x with two axes of samples.
Row axis_row(const std::string& op, const std::string& types,
             const std::function<Tensor(const Tensor&)>& call,
             const std::function<Plain(const Plain&)>& formula, bool is_complex) {
  const auto shape = [is_complex](Index m, Index n) {
    return is_complex ? Shape{m, n, 2} : Shape{m, n};
  };
  return {.name = op + "_first",
          .op = op + types,
          .call = [call](const Tensors& x) { return call(x[0]); },
          .formula =
              [formula](const Plains& x) {
                return exchanged(formula(exchanged(x[0], 0, 1)), 0, 1);
              },
          .shapes = {shape(4, 3)},
          .more = {{shape(7, 5)}, {shape(3, 1)}, {shape(5, 9)}},
          .without = {{shape(4, 0)}},
          .large = {shape(100, 300)},
          .drawn = Drawn{.least_rank = 2, .most_rank = 2, .least_extent = 2,
                         .shapes = [=](const Shape& x) {
                           return std::vector<Shape>{shape(x[0], x[1])};
                         }}};
}

// Complex x (..., m, n, 2): over the axis of m. Forward without a factor, back with 1 / m.
Plain over_rows(const Plain& x, int sign) {
  const int rank = x.shape.rank();
  const double factor = sign < 0 ? 1 : 1 / static_cast<double>(x.shape[-3]);
  return exchanged(complex_sums(exchanged(x, rank - 3, rank - 2), sign, factor), rank - 3,
                   rank - 2);
}

Row image_row(const std::string& op, const std::string& types,
              const std::function<Tensor(const Tensor&)>& call,
              const std::function<Plain(const Plain&)>& formula, bool is_complex) {
  const auto shape = [is_complex](const Shape& x) {
    return is_complex ? x.inserted(x.rank(), 2) : x;
  };
  const std::string wanted = is_complex ? "(..., m, n, 2), real and imaginary part along the last "
                                          "axis"
                                        : "(..., m, n)";
  return {.name = op,
          .op = op + types,
          .call = [call](const Tensors& x) { return call(x[0]); },
          .formula = [formula](const Plains& x) { return formula(x[0]); },
          .shapes = {shape({3, 4})},
          .more = {{shape({2, 5, 3})}, {shape({1, 2})}, {shape({3, 2, 6})}},
          .without = {{shape({0, 3, 4})}},
          .large = {shape({10, 60, 50})},
          .refusals = {{.label = "rank",
                        .call = [=] { call(Tensor::ones(is_complex ? Shape{3, 2} : Shape{3})); },
                        .text = "[" + op + "] x must be " + wanted + ", got " +
                                (is_complex ? "(3, 2)" : "(3)")}},
          .drawn = Drawn{.least_rank = 2, .most_rank = 4, .least_extent = 2,
                         .shapes = [=](const Shape& x) { return std::vector<Shape>{shape(x)}; }}};
}

Row complex_multiply_row() {
  return {.name = "complex_multiply",
          .op = "complex_multiply(Tensor, Tensor)",
          .call = [](const Tensors& x) { return heed::complex_multiply(x[0], x[1]); },
          .formula =
              [](const Plains& x) {
                return build(stretched(x[0].shape, x[1].shape), [&](const Position& p) {
                  const Position place(p.begin(), p.end() - 1);
                  const Complex a = complex_at(x[0], place), b = complex_at(x[1], place);
                  return p.back() == 0 ? a.real * b.real - a.imaginary * b.imaginary
                                       : a.real * b.imaginary + a.imaginary * b.real;
                });
              },
          .shapes = {{2, 3, 2}, {3, 2}},
          .more = {{{2}, {4, 2}}, {{5, 1, 2}, {1, 6, 2}}},
          .without = {{{0, 2}, {0, 2}}},
          .large = {{300, 400, 2}, {400, 2}},
          .refusals = {{.label = "parts",
                        .call =
                            [] {
                              heed::complex_multiply(Tensor::ones({3}), Tensor::ones({2}));
                            },
                        .text = "[complex_multiply] x must be (..., 2), real and imaginary part "
                                "along the last axis, got (3)"},
                       {.label = "shapes",
                        .call =
                            [] {
                              heed::complex_multiply(Tensor::ones({3, 2}), Tensor::ones({4, 2}));
                            },
                        .text = "[complex_multiply] shapes (3, 2) and (4, 2) do not broadcast: 3 "
                                "vs 4 in axis -2"}},
          .drawn = Drawn{.shapes = [](const Shape& x) {
            return std::vector<Shape>(2, x.inserted(x.rank(), 2));
          }}};
}

Row conj_row() {
  return {.name = "conj",
          .op = "conj(Tensor)",
          .call = [](const Tensors& x) { return heed::conj(x[0]); },
          .formula =
              [](const Plains& x) {
                return build(x[0].shape,
                             [&](const Position& p) { return p.back() == 0 ? x[0](p) : -x[0](p); });
              },
          .shapes = {{3, 2}},
          .more = {{{2}}, {{4, 5, 2}}},
          .without = {{{0, 2}}},
          .large = {{200'000, 2}},
          .drawn = Drawn{.shapes = [](const Shape& x) {
            return std::vector<Shape>{x.inserted(x.rank(), 2)};
          }}};
}

}  // namespace

std::vector<Row> fft_rows() {
  Row one = irfft_row("one", true, {3, 1, 2});
  one.more = {};
  return {fft_row(),
          ifft_row(),
          rfft_row("even", {2, 6}),
          rfft_row("odd", {2, 5}),
          irfft_row("even", false, {2, 4, 2}),
          irfft_row("odd", true, {2, 3, 2}),
          one,
          axis_row("fft", "(Tensor, int)", [](const Tensor& x) { return heed::fft(x, 0); },
                   [](const Plain& x) { return complex_sums(x, -1, 1); }, true),
          axis_row("ifft", "(Tensor, int)", [](const Tensor& x) { return heed::ifft(x, 0); },
                   [](const Plain& x) {
                     return complex_sums(x, 1, 1 / static_cast<double>(x.shape[-2]));
                   },
                   true),
          axis_row("rfft", "(Tensor, int)", [](const Tensor& x) { return heed::rfft(x, 0); },
                   real_sums, false),
          axis_row("irfft", "(Tensor, Index, int)",
                   [](const Tensor& x) { return heed::irfft(x, 2 * x.dim(0) - 1, 0); },
                   [](const Plain& x) { return inverse_real_sums(x, 2 * x.shape[-2] - 1); }, true),
          image_row("fft2", "(Tensor)", heed::fft2,
                    [](const Plain& x) { return over_rows(complex_sums(x, -1, 1), -1); }, true),
          image_row("ifft2", "(Tensor)", heed::ifft2,
                    [](const Plain& x) {
                      return over_rows(complex_sums(x, 1, 1 / static_cast<double>(x.shape[-2])), 1);
                    },
                    true),
          image_row("rfft2", "(Tensor)", heed::rfft2,
                    [](const Plain& x) { return over_rows(real_sums(x), -1); }, false),
          image_row("irfft2", "(Tensor, Index)",
                    [](const Tensor& x) { return heed::irfft2(x, 2 * x.dim(-2) - 2); },
                    [](const Plain& x) {
                      return inverse_real_sums(over_rows(x, 1), 2 * x.shape[-2] - 2);
                    },
                    true),
          complex_multiply_row(),
          conj_row()};
}

}  // namespace heed_test
