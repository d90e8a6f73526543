// What a filter of a fixed length does with sequences that are shorter.
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// x (B, T, C) -> (B, L, C): what the mask of `input` hides is 0, and zeros stand behind the rest.
// `name` speaks in the ShapeError when T > L, and for a mask that does not say who is there as
// (B, 1, 1, T).
Tensor on_places(const char* name, const MixerInput& input, const Tensor& x, Index places);

}  // namespace heed::inline HEED_REAL::attention
