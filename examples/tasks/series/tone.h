// The generator of the tone task, and the best that can be had, for its tests.
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::tasks {

inline constexpr Index tone_length = 64, tone_lowest = 8, tone_count = 16;

// sin(2 pi f t / 64 + phase) + 1.5 noise, f one of 16 frequencies from 8 on: samples (B, 64), and
// f - 8 (B).
struct ToneBatch {
  Tensor samples;
  Indices tones;
};
ToneBatch draw_tones(Index batch, Generator& rng);

// Of the batch, the share whose tone is the strongest of the 16 in the periodogram. With a uniform
// phase and white noise nothing does better.
double accuracy_of_periodogram(const ToneBatch& batch);

}  // namespace heed::tasks
