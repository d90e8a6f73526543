#include "nn/log_mel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/calling.h"
#include "autograd/ops.h"
#include "nn/check.h"

namespace heed::inline HEED_REAL::nn {
namespace {

constexpr double bend = 1000, mel_at_bend = 15;  // where the straight line ends
const double mel_a_factor = 27 / std::log(6.4);

double mel_of(double hertz) {
  if (hertz < bend) return hertz * mel_at_bend / bend;
  return mel_at_bend + mel_a_factor * std::log(hertz / bend);
}

double hertz_of(double mel) {
  if (mel < mel_at_bend) return mel * bend / mel_at_bend;
  return bend * std::exp((mel - mel_at_bend) / mel_a_factor);
}

void check(const char* name, const LogMelOptions& o) {
  check_positive(name, {{"n", o.n}, {"hop", o.hop}, {"bands", o.bands}});
  if (o.rate >= 1 && std::isfinite(o.rate)) return;
  throw ValueError(fmt::format("[{}] rate must be at least 1 and finite, got {}", name, o.rate));
}

}  // namespace

Tensor mel_filters(const LogMelOptions& options) {
  check("mel_filters", options);
  std::vector<double> corners;  // in hertz
  for (Index i = 0; i < options.bands + 2; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(options.bands + 1);
    corners.push_back(hertz_of(share * mel_of(options.rate / 2)));
  }
  const Index frequencies = options.n / 2 + 1;
  std::vector<Real> weights;
  for (std::size_t band = 0; band + 2 < corners.size(); ++band) {
    const double low = corners[band], peak = corners[band + 1], high = corners[band + 2];
    double sum = 0;
    for (Index k = 0; k < frequencies; ++k) {
      const double hertz = static_cast<double>(k) * options.rate / static_cast<double>(options.n);
      const double height =
          std::max(0.0, std::min((hertz - low) / (peak - low), (high - hertz) / (high - peak)));
      weights.push_back(static_cast<Real>(2 / (high - low) * height));
      sum += height;
    }
    if (sum > 0) continue;
    throw ValueError(
        fmt::format("[mel_filters] band {} of {}, from {:.0f} to {:.0f} Hz, holds none of the "
                    "frequencies of a frame of {} samples, which are {:.0f} Hz apart\nhint: fewer "
                    "bands, or longer frames",
                    band + 1, options.bands, low, high, options.n,
                    options.rate / static_cast<double>(options.n)));
  }
  return Tensor({options.bands, frequencies}, weights);
}

Tensor log_mel(const Tensor& x, const LogMelOptions& options) {
  const Calling calling("log_mel");
  check("log_mel", options);
  // What stands before the first sample is mirrored.
  const Index least = std::max(options.hop, options.n / 2 + 1);
  if (x.rank() == 0 || x.dim(-1) < least) {
    throw ShapeError(fmt::format("[log_mel] x {} has no frame: it takes {} samples",
                                 x.shape().str(), least));
  }
  const Index frames = x.dim(-1) / options.hop;
  const Tensor spectrum =
      stft(x, options.n, {.hop = options.hop, .window = hann_window(options.n)});
  const Tensor power = slice(sum(square(spectrum), {-1}), -1, 0, frames);  // (..., F, frames)
  const Tensor bands = matmul(mel_filters(options), power);                // (..., bands, frames)
  const Tensor loud = log(maximum(bands, 1e-10)) / std::log(10.0);
  return (maximum(loud, max(loud, {-2, -1}, true) - 8.0) + 4.0) / 4.0;
}

}  // namespace heed::inline HEED_REAL::nn
