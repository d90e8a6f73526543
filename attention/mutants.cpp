#include "attention/mutants.h"

#ifdef HEED_TESTING

#include <array>

namespace heed::inline HEED_REAL::attention {

namespace {

Mutant current = Mutant::none;

constexpr std::array named{
    NamedMutant{Mutant::causal_dropped_with_mask, "causal_dropped_with_mask"},
    NamedMutant{Mutant::causal_dropped_when_recording, "causal_dropped_when_recording"},
    NamedMutant{Mutant::causal_aligned_top_left, "causal_aligned_top_left"},
    NamedMutant{Mutant::window_left_bound_only, "window_left_bound_only"},
    NamedMutant{Mutant::window_or_causal, "window_or_causal"},
    NamedMutant{Mutant::padding_in_normaliser, "padding_in_normaliser"},
    NamedMutant{Mutant::mask_after_softmax, "mask_after_softmax"},
    NamedMutant{Mutant::mask_inverted, "mask_inverted"},
    NamedMutant{Mutant::masked_row_nan, "masked_row_nan"},
    NamedMutant{Mutant::hard_ships_soft, "hard_ships_soft"},
    NamedMutant{Mutant::hard_scores_detached, "hard_scores_detached"},
    NamedMutant{Mutant::contributes_nothing, "contributes_nothing"},
};

}  // namespace

void plant(Mutant mutant) { current = mutant; }

bool planted(Mutant mutant) { return current == mutant; }

std::span<const NamedMutant> mutants() { return named; }

}  // namespace heed::inline HEED_REAL::attention

#endif
