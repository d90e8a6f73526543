// A NameMap at work on the tensors of a file.
#pragma once

#include <vector>

#include "nn/files/name_map.h"
#include "nn/files/stored_parts.h"

namespace heed::inline HEED_REAL::nn {

// The tensors under the names of the model. Throws FormatError when a rule does not fit a tensor
// that it names, or when two come to one name.
std::vector<StoredParts> apply(const NameMap& map, std::vector<StoredParts> tensors);

}  // namespace heed::inline HEED_REAL::nn
