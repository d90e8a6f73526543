#include "autograd/calling.h"
#include "autograd/ops/signal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL {
namespace {

Tensor cosine_window(const char* op, Index n, bool periodic, double a0, double a1, double a2) {
  constexpr double pi = 3.14159265358979323846;
  if (n < 0) throw ValueError(fmt::format("[{}] n must be at least 0, got {}", op, n));
  if (n == 1) return Tensor::ones({1});
  std::vector<Real> values;
  const auto turn = static_cast<double>(periodic ? n : n - 1);
  for (Index i = 0; i < n; ++i) {
    const double angle = 2 * pi * static_cast<double>(i) / turn;
    values.push_back(static_cast<Real>(a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle)));
  }
  return Tensor({n}, values);
}

struct Frames {
  Index hop;
  Tensor window;  // (n)
  Index start;    // what stands before the first sample
};

Frames frames_of(const char* op, Index n, const StftOptions& o) {
  if (n < 1) throw ValueError(fmt::format("[{}] a frame of {} samples", op, n));
  if (o.hop < 0) throw ValueError(fmt::format("[{}] hop must be at least 0, got {}", op, o.hop));
  const Tensor given = o.window.defined() ? o.window : Tensor::ones({n});
  if (given.rank() != 1 || given.dim(0) > n) {
    throw ShapeError(fmt::format("[{}] window {} must be at most as long as a frame of {}", op,
                                 given.shape().str(), n));
  }
  const Index before = (n - given.dim(0)) / 2;
  return {o.hop == 0 ? std::max<Index>(1, n / 4) : o.hop,
          pad(given, 0, before, n - given.dim(0) - before), o.center ? n / 2 : 0};
}

}  // namespace

Tensor hann_window(Index n, bool periodic) {
  return cosine_window("hann_window", n, periodic, 0.5, 0.5, 0);
}
Tensor hamming_window(Index n, bool periodic) {
  return cosine_window("hamming_window", n, periodic, 0.54, 0.46, 0);
}
Tensor blackman_window(Index n, bool periodic) {
  return cosine_window("blackman_window", n, periodic, 0.42, 0.5, 0.08);
}

Tensor stft(const Tensor& x, Index n, const StftOptions& options) {
  const Calling calling("stft");
  const Frames frames = frames_of("stft", n, options);
  const Index border = frames.start, length = x.rank() == 0 ? 0 : x.dim(-1);
  if (length == 0 || length + 2 * border < n) {
    throw ShapeError(
        fmt::format("[stft] x {} has no frame of {} samples", x.shape().str(), n));
  }
  const Tensor wide = border == 0 ? x : pad(x, -1, border, border, {.mode = PadMode::reflect});
  const Tensor cut = unfold(wide, -1, n, frames.hop) * frames.window;  // (..., frames, n)
  return transpose(rfft(cut), -3, -2);  // (..., n / 2 + 1, frames, 2)
}

Tensor istft(const Tensor& x, Index n, Index length, const StftOptions& options) {
  const Calling calling("istft");
  const Frames frames = frames_of("istft", n, options);
  if (x.rank() < 3 || x.dim(-1) != 2 || x.dim(-3) != n / 2 + 1 || x.dim(-2) == 0) {
    throw ShapeError(fmt::format("[istft] x must be (..., {}, frames, 2), got {}", n / 2 + 1,
                                 x.shape().str()));
  }
  const Index count = x.dim(-2), whole = n + (count - 1) * frames.hop;
  if (length < 0 || frames.start + length > whole) {
    throw ShapeError(fmt::format("[istft] {} frames hold {} samples, not {}", count,
                                 whole - frames.start, length));
  }
  const Tensor cut = irfft(transpose(x, -3, -2), n) * frames.window;  // (..., frames, n)
  const Tensor squares = square(frames.window) * Tensor::ones({count, 1});
  const auto added = [&](const Tensor& of) {
    return slice(fold(of, -1, whole, frames.hop), -1, frames.start, frames.start + length);
  };
  const Tensor weight = added(squares);  // (length)
  if (any(weight < 1e-11)) {
    throw ValueError("[istft] the windows leave a sample uncovered\n"
                     "hint: hop must be shorter than the window");
  }
  return added(cut) / weight;
}

}  // namespace heed::inline HEED_REAL
