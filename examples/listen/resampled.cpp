#include "examples/listen/resampled.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"

namespace heed::listen {

Tensor resampled(const Tensor& samples, double from, double to) {
  const Index before = samples.size();
  const auto after = static_cast<Index>(std::llround(static_cast<double>(before) * to / from));
  const Tensor spectrum = rfft(samples, 0);  // (before / 2 + 1, 2)
  const Index kept = (std::min(before, after) + 1) / 2, wanted = after / 2 + 1;  // below half
  Tensor held = slice(spectrum, 0, 0, kept);
  if (wanted > kept) held = concat({held, Tensor::zeros({wanted - kept, 2})}, 0);
  return irfft(held, after, 0) * (static_cast<double>(after) / static_cast<double>(before));
}

}  // namespace heed::listen
