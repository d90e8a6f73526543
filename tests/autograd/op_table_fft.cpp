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

// Lengths 1 and 2, powers of small primes, all of kissfft's own radices, and two with a prime that
// is too large for it.
const std::vector<std::vector<Shape>> complex_lengths = {
    {{1, 2}},     {{3, 2, 2}}, {{2, 9, 2}},  {{2, 11, 2}}, {{1, 2, 60, 2}},
    {{2, 64, 2}}, {{49, 2}},   {{2, 67, 2}}, {{134, 2}}};

Row fft_row() {
  return {.name = "fft",
          .op = "fft(Tensor)",
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
          .op = "ifft(Tensor)",
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
          .op = "rfft(Tensor)",
          .call = [](const Tensors& x) { return heed::rfft(x[0]); },
          .formula = [](const Plains& x) { return real_sums(x[0]); },
          .shapes = {shape},
          .more = {{{1}}, {{3, 2}}, {{2, 3}}, {{2, 13}}, {{1, 2, 48}}, {{45}}, {{67}}, {{134}}},
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
      .op = "irfft(Tensor, Index)",
      .call = [=](const Tensors& x) { return heed::irfft(x[0], length(x[0].shape())); },
      .formula = [=](const Plains& x) { return inverse_real_sums(x[0], length(x[0].shape)); },
      .shapes = {shape},
      .more = {{{2, 2}}, {{3, 7, 2}}, {{1, 2, 25, 2}}, {{68, 2}}},
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
          one};
}

}  // namespace heed_test
