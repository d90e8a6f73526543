// The update that Adam and AdamW share, which differ in where weight decay acts, and what all of
// their family share: which options can be, and the averages of gradients and of their squares.
#pragma once

#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

enum class Decay { in_gradient, of_weights };

// Throws ValueError, naming the optimizer.
void check_adam(const char* optimizer, double beta1, double beta2, double eps);

Slots adam_slots(bool amsgrad);

void adam_update(const Piece& piece, double beta1, double beta2, double eps, Decay decay);

}  // namespace heed::inline HEED_REAL::optim
