// Whole numbers that name places: the checks that every op with ids makes.
#pragma once

#include <cstdint>
#include <string>

#include "autograd/indices.h"

namespace heed::inline HEED_REAL {

// Throws ValueError unless all lie in [0, count). `of_what` is what the message calls that range.
void check_ids(const char* op, const Indices& ids, Index count, const std::string& of_what);
// The place as an id. Throws ShapeError beyond 2^31 - 1, which ids cannot count.
std::int32_t checked_id(const char* op, Index place);

}  // namespace heed::inline HEED_REAL
