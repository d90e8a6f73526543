// Signals over time: windows, and the spectrum of each of many overlapping frames. The frames alone
// are unfold(x, -1, size, step) of repeat.h, and fold adds them up again.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

// Weights (n) that rise from the ends of a frame to its middle: a_0 - a_1 cos(2 pi i / m) + a_2
// cos(4 pi i / m), with m = n where it is periodic, as for frames that overlap (PyTorch's default),
// and n - 1 where both ends are to be alike. n = 1 is a 1. Throws ValueError unless n >= 0. Harris
// 1978, "On the use of windows for harmonic analysis with the discrete Fourier transform".
Tensor hann_window(Index n, bool periodic = true);      // 0.5, 0.5
Tensor hamming_window(Index n, bool periodic = true);   // 0.54, 0.46
Tensor blackman_window(Index n, bool periodic = true);  // 0.42, 0.5, 0.08

struct StftOptions {
  Index hop = 0;       // from one frame to the next; 0: n / 4
  Tensor window = {};  // at most n long, in the middle of the frame; undefined: n ones
  // Frame t stands around sample t hop, and the signal is mirrored at its ends; else it begins
  // there.
  bool center = true;
};
// The transform of each frame of n samples (Allen and Rabiner 1977): x (..., L) -> (..., n / 2 + 1,
// frames, 2), the axes as PyTorch has them. Throws ShapeError when there is no frame, and when the
// window is longer than one; ValueError unless n >= 1 and hop >= 0.
Tensor stft(const Tensor& x, Index n, const StftOptions& options = {});
// Its inverse, the signal of `length` samples whose frames are nearest (Griffin and Lim 1984): x
// (..., n / 2 + 1, frames, 2) -> (..., length). Throws ShapeError when the frames do not reach so
// far, ValueError where no window covers a sample.
Tensor istft(const Tensor& x, Index n, Index length, const StftOptions& options = {});

}  // namespace heed::inline HEED_REAL
