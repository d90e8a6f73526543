// What a model hears of a sound: how strong it is in bands that are spaced as an ear spaces them.
// Stevens, Volkmann, Newman 1937, "A scale for the measurement of the psychological magnitude
// pitch", Journal of the Acoustical Society of America 8.
#pragma once

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::nn {

struct LogMelOptions {
  Index n = 400;      // samples of a frame
  Index hop = 160;    // from one frame to the next
  Index bands = 80;
  double rate = 16000;  // samples a second
};

// Weights (bands, n / 2 + 1) over the frequencies k rate / n of a frame: triangles whose corners
// are equally far apart in mel between 0 and rate / 2, each of area 1 over hertz. Mel as in Slaney
// 1998, "Auditory toolbox": 3 f / 200 up to 1000 Hz, from there on 27 to the factor 6.4. Throws
// ValueError unless all numbers are at least 1, and when a band is too narrow to hold a frequency.
Tensor mel_filters(const LogMelOptions& options = {});

// Whisper's front end: log10 of the power in each band, of frames with a Hann window, not more than
// 8 below the loudest of its sound, plus 4 and divided by 4. x (..., samples) -> (..., bands,
// samples / hop): frame t stands around sample t hop, and the sound is mirrored at its ends. Throws
// ShapeError unless it has `hop` samples and more than n / 2.
// Radford et al. 2022, arXiv 2212.04356, section 2.2.
Tensor log_mel(const Tensor& x, const LogMelOptions& options = {});

}  // namespace heed::inline HEED_REAL::nn
