#include "autograd/ops/ids.h"

#include <fmt/format.h>

#include <limits>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {

void check_ids(const char* op, const Indices& ids, Index count, const std::string& of_what) {
  for (Index i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= count) {
      throw ValueError(fmt::format("[{}] id {} at position {} is outside [0, {}), {}", op, ids[i],
                                   i, count, of_what));
    }
  }
}

std::int32_t checked_id(const char* op, Index place) {
  if (place > std::numeric_limits<std::int32_t>::max()) {
    throw ShapeError(fmt::format("[{}] place {} is beyond what an id counts", op, place));
  }
  return static_cast<std::int32_t>(place);
}

}  // namespace heed::inline HEED_REAL
