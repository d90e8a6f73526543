// A sound at another rate.
#pragma once

#include "autograd/tensor.h"

namespace heed::listen {

// samples (N), `from` of them a second -> (N to / from), rounded: by its spectrum, as if the sound
// began anew at its end. What lies below half of both rates is kept as it is, all else is left out.
Tensor resampled(const Tensor& samples, double from, double to);

}  // namespace heed::listen
