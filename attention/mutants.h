// Faults planted on purpose. Each is a real bug of public attention code; the tests plant one
// after the other and see some law fail. In every build but the tests' planted() is constant and
// costs nothing.
#pragma once

#include <span>

#include "autograd/real.h"

namespace heed::inline HEED_REAL::attention {

enum class Mutant {
  none,
  causal_dropped_with_mask,       // causal is forgotten when another mask is given
  causal_dropped_when_recording,  // causal is forgotten on the path that returns the weights
  causal_aligned_top_left,        // wrong for Tq != Tk
  window_left_bound_only,         // the window attends the future
  window_or_causal,               // causal OR window where AND is meant
  padding_in_normaliser,          // masked keys keep a share of the weights
  mask_after_softmax,             // the weights are masked but no longer sum to 1
  mask_inverted,                  // infinity with the wrong sign
  masked_row_nan,                 // a query without any key divides 0 by 0
  hard_ships_soft,                // hard attention returns the weighted mean
  hard_scores_detached,           // the gradient of where to look is cut
  contributes_nothing,            // the mechanism's output is multiplied by 0
};

struct NamedMutant {
  Mutant mutant;
  const char* name;
};

#ifdef HEED_TESTING
void plant(Mutant mutant);
bool planted(Mutant mutant);
std::span<const NamedMutant> mutants();
#else
constexpr bool planted(Mutant mutant) { return mutant == Mutant::none; }
#endif

}  // namespace heed::inline HEED_REAL::attention
