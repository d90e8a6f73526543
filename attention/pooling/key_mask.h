// The mask that pooling takes: it has its queries itself, so a mask can speak of keys only.
#pragma once

#include "attention/mixer.h"

namespace heed::inline HEED_REAL::attention {

// The mask of `input`, (B, 1, 1, N), as (B, N); undefined when there is none. `name` speaks in the
// ShapeError for any other shape.
Mask key_mask(const char* name, const MixerInput& input);
// A mask (B, N) over instances h (B, N, C) as it goes over scores, (B, 1, 1, N); undefined stays
// so. `name` speaks in the ShapeError for any other shape.
Mask over_scores(const char* name, const Tensor& h, const Mask& real);
// h (B, N, C) with 0 for the instances that a mask (B, N) hides; undefined hides none.
Tensor only_real(const Tensor& h, const Mask& real);

}  // namespace heed::inline HEED_REAL::attention
