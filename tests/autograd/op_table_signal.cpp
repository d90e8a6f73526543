#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "tests/autograd/op_table.h"

namespace heed_test {
namespace {

constexpr double pi = 3.14159265358979323846;

std::size_t at(Index i) { return static_cast<std::size_t>(i); }

// A window of 6 times what is handed in, so that there is something to differentiate by.
Row window_row(const std::string& name, Tensor (*window)(Index, bool), bool periodic, double a0,
               double a1, double a2) {
  return {.name = name + (periodic ? "" : "_symmetric"),
          .op = name + "(Index, bool)",
          .call = [=](const Tensors& x) { return x[0] * window(x[0].dim(-1), periodic); },
          .formula =
              [=](const Plains& x) {
                const Index n = x[0].shape[-1];
                return build(x[0].shape, [&](const Position& p) {
                  const double turn = static_cast<double>(periodic ? n : n - 1);
                  const double angle = 2 * pi * static_cast<double>(p.back()) / turn;
                  const double weight = a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle);
                  return x[0](p) * (n == 1 ? 1 : weight);
                });
              },
          .shapes = {{2, 6}},
          .more = {{{1}}, {{2}}, {{37}}},
          .without = {{{0}}},
          .large = {{400, 300}},
          .refusals = {{.label = "n",
                        .call = [=] { window(-1, periodic); },
                        .text = "[" + name + "] n must be at least 0, got -1"}},
          .drawn = Drawn{.least_rank = 1}};
}

struct Frames {
  Index n, hop;
  bool center;
  std::vector<double> window;  // (n)
};

// The index of a sample that is mirrored at the ends.
Index mirrored(Index i, Index length) {
  const Index period = std::max<Index>(1, 2 * (length - 1));
  const Index j = ((i % period) + period) % period;
  return j < length ? j : period - j;
}

Plain spectra(const Plain& x, const Frames& f) {
  const Index length = x.shape[-1], border = f.center ? f.n / 2 : 0;
  const Index count = (length + 2 * border - f.n) / f.hop + 1;
  Shape shape = x.shape.with(-1, f.n / 2 + 1);
  shape = shape.inserted(shape.rank(), count);
  return build(shape.inserted(shape.rank(), 2), [&](const Position& p) {
    const std::size_t rank = p.size();
    double sum = 0;
    for (Index i = 0; i < f.n; ++i) {
      Position from(p.begin(), p.end() - 2);
      from.back() = mirrored(p[rank - 2] * f.hop + i - border, length);
      const double angle = -2 * pi * static_cast<double>(i * p[rank - 3] % f.n) /
                           static_cast<double>(f.n);
      const double sample = x(from);
      // A transform with a NaN or an infinity is NaN.
      if (!std::isfinite(sample)) return std::nan("");
      sum += f.window[at(i)] * sample * (p.back() == 0 ? std::cos(angle) : std::sin(angle));
    }
    return sum;
  });
}

Row stft_row(const std::string& variant, const Frames& f, const Tensor& window,
             const Shape& shape) {
  const auto call = [=](const Tensor& x) {
    return heed::stft(x, f.n, {.hop = f.hop, .window = window, .center = f.center});
  };
  return {.name = "stft_" + variant,
          .op = "stft(Tensor, Index, StftOptions)",
          .call = [=](const Tensors& x) { return call(x[0]); },
          .formula = [=](const Plains& x) { return spectra(x[0], f); },
          .shapes = {shape},
          .more = {{{3, 2, 11}}, {{17}}},
          .without = {{{0, 9}}},
          .large = {{40, 400}},
          .refusals = {{.label = "short",
                        .call = [=] { heed::stft(Tensor::ones({2, 3}), 8, {.center = false}); },
                        .text = "[stft] x (2, 3) has no frame of 8 samples"},
                       {.label = "window",
                        .call =
                            [=] {
                              heed::stft(Tensor::ones({9}), 4, {.window = Tensor::ones({5})});
                            },
                        .text = "[stft] window (5) must be at most as long as a frame of 4"},
                       {.label = "n",
                        .call = [=] { heed::stft(Tensor::ones({9}), 0); },
                        .text = "[stft] a frame of 0 samples"}},
          .drawn = Drawn{.least_rank = 1, .most_rank = 3, .shapes = [](const Shape& x) {
                           return std::vector<Shape>{x.with(-1, x[-1] + 7)};
                         }}};
}

// Of what stft makes, so that it is its inverse; the formula is the signal itself.
Row round_trip_row(bool center) {
  const auto call = [center](const Tensor& x) {
    const heed::StftOptions options{
        .hop = 2, .window = heed::hamming_window(6), .center = center};
    // Without a border the last samples may lie in no frame.
    const Index n = 6, length = center ? x.dim(-1) : (x.dim(-1) - n) / 2 * 2 + n;
    const Tensor back = heed::istft(heed::stft(x, n, options), n, length, options);
    return heed::slice(back, -1, 1, length - 1);
  };
  return {.name = center ? "istft" : "istft_from_the_start",
          .op = "istft(Tensor, Index, Index, StftOptions)",
          .call = [call](const Tensors& x) { return call(heed::tanh(x[0])); },
          .formula =
              [center](const Plains& x) {
                const Index whole = x[0].shape[-1];
                const Index length = center ? whole : (whole - 6) / 2 * 2 + 6;
                return build(x[0].shape.with(-1, length - 2), [&](const Position& p) {
                  Position from = p;
                  from.back() = p.back() + 1;
                  const double sample = x[0](from);
                  // A NaN spoils all that shares a frame with it.
                  const Index border = center ? 3 : 0, place = p.back() + 1 + border;
                  for (Index t = 0; t * 2 + 6 <= whole + 2 * border; ++t) {
                    if (place < t * 2 || place >= t * 2 + 6) continue;
                    for (Index i = 0; i < 6; ++i) {
                      from.back() = mirrored(t * 2 + i - border, whole);
                      if (std::isnan(x[0](from))) return std::nan("");
                    }
                  }
                  return std::tanh(sample);
                });
              },
          .shapes = {{2, 7}},
          .without = {{{0, 9}}},
          .large = {{40, 400}},
          .refusals = {{.label = "shape",
                        .call = [] { heed::istft(Tensor::ones({4, 2, 2}), 8, 3); },
                        .text = "[istft] x must be (..., 5, frames, 2), got (4, 2, 2)"},
                       {.label = "length",
                        .call = [] { heed::istft(Tensor::ones({5, 2, 2}), 8, 30); },
                        .text = "[istft] 2 frames hold 6 samples, not 30"},
                       {.label = "uncovered",
                        .call =
                            [] {
                              heed::istft(Tensor::ones({3, 3, 2}), 4, 8,
                                          {.hop = 4, .window = Tensor::ones({2})});
                            },
                        .text = "[istft] the windows leave a sample uncovered\n"
                                "hint: hop must be shorter than the window"}},
          .drawn = Drawn{.least_rank = 1, .most_rank = 3, .shapes = [](const Shape& x) {
                           return std::vector<Shape>{x.with(-1, x[-1] + 6)};
                         }}};
}

// Where place i of n lies on an axis of L, and its two neighbours there.
double sampled(const Plain& x, const Position& p, std::size_t axis, const Shape& to,
               const heed::InterpolateOptions& o) {
  if (axis == p.size()) return x(p);
  const Index extent = x.shape[static_cast<int>(axis)], size = to[static_cast<int>(axis)];
  const auto value = [&](Index place) {
    return sampled(x, with(p, static_cast<int>(axis), std::min(place, extent - 1)), axis + 1, to,
                   o);
  };
  if (o.mode == heed::InterpolateOptions::Mode::nearest) return value(p[axis] * extent / size);
  const auto i = static_cast<double>(p[axis]), ratio = static_cast<double>(extent) /
                                                       static_cast<double>(size);
  double place = std::max(0.0, (i + 0.5) * ratio - 0.5);
  if (o.align_corners) {
    place = size == 1 ? 0 : i * static_cast<double>(extent - 1) / static_cast<double>(size - 1);
  }
  if (extent == size) return value(p[axis]);
  const double share = place - std::floor(place);
  const auto low = static_cast<Index>(place);
  return value(low) * (1 - share) + value(low + 1) * share;
}

Row interpolate_row(const std::string& variant, const std::vector<Index>& size,
                    const heed::InterpolateOptions& options, const Shape& shape) {
  return {.name = "interpolate_" + variant,
          .op = "interpolate(Tensor, std::vector<Index>, InterpolateOptions)",
          .call = [=](const Tensors& x) { return heed::interpolate(x[0], size, options); },
          .formula =
              [=](const Plains& x) {
                Shape to = x[0].shape;
                for (std::size_t i = 0; i < size.size(); ++i) {
                  to = to.with(static_cast<int>(i) + 2, size[i]);
                }
                return build(to, [&](const Position& p) {
                  return sampled(x[0], p, 2, to, options);
                });
              },
          .shapes = {shape},
          .more = {{shape.with(-1, 9)}, {shape.with(2, 1)}},
          .without = {{shape.with(0, 0)}},
          .large = {shape.with(0, 30).with(1, 40).with(-1, 90)},
          .refusals = {{.label = "axes",
                        .call = [] { heed::interpolate(Tensor::ones({2, 3, 4}), {2, 2}); },
                        .text = "[interpolate] x (2, 3, 4) must be (B, C, ...) with a size for "
                                "each of the 1 axes behind, got 2"},
                       {.label = "size",
                        .call = [] { heed::interpolate(Tensor::ones({2, 3, 4}), {0}); },
                        .text = "[interpolate] a size must be at least 1, got 0"}},
          .drawn = Drawn{.least_rank = shape.rank(), .most_rank = shape.rank(),
                         .least_extent = 1}};
}

}  // namespace

std::vector<Row> signal_rows() {
  using Mode = heed::InterpolateOptions::Mode;
  const std::vector<double> hann{0, 0.25, 0.75, 1, 0.75, 0.25};
  return {window_row("hann_window", heed::hann_window, true, 0.5, 0.5, 0),
          window_row("hann_window", heed::hann_window, false, 0.5, 0.5, 0),
          window_row("hamming_window", heed::hamming_window, true, 0.54, 0.46, 0),
          window_row("blackman_window", heed::blackman_window, true, 0.42, 0.5, 0.08),
          stft_row("plain", {4, 1, true, {1, 1, 1, 1}}, {}, {2, 5}),
          stft_row("hann", {6, 2, true, hann}, heed::hann_window(6), {2, 7}),
          stft_row("short_window", {7, 3, false, {0, 0, 1, 2, 3, 0, 0}}, Tensor({3}, {1, 2, 3}),
                   {1, 10}),
          round_trip_row(true),
          round_trip_row(false),
          interpolate_row("nearest", {5, 2}, {}, {1, 2, 3, 4}),
          interpolate_row("linear", {5}, {.mode = Mode::linear}, {2, 2, 3}),
          interpolate_row("bilinear", {2, 5}, {.mode = Mode::linear}, {1, 2, 3, 4}),
          interpolate_row("corners", {5, 1}, {.mode = Mode::linear, .align_corners = true},
                          {1, 2, 3, 4})};
}

}  // namespace heed_test
