// What stretches over the scores of attention, (B, H, Tq, Tk), says by its shape which axes it
// speaks of.
#pragma once

#include "autograd/indices.h"
#include "autograd/shape.h"

namespace heed::inline HEED_REAL {

// Throws ShapeError, naming `op`, unless `what` ("mask") of that shape stretches to the scores.
void check_over_scores(const char* op, const char* what, const Shape& shape, const Shape& scores);
// The same of a mask, which must also be readable in one way only: (B, Tk) and (Tq, Tk) are the
// same shape when B == Tq, and a mask of padding that is read as one of queries is a silent fault.
// Nothing is asked of an undefined mask.
void check_mask_over_scores(const char* op, const Mask& mask, const Shape& scores);

}  // namespace heed::inline HEED_REAL
