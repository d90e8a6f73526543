// Ids for the rows of operations that pick and put.
#pragma once

#include <vector>

#include "tests/autograd/plain.h"

namespace heed_test {

using heed::Indices;

// Repeats and leaves out: 0, 3, 6, ... modulo n.
inline Indices ids_below(Index n, const Shape& shape) {
  std::vector<std::int32_t> ids(static_cast<std::size_t>(shape.size()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i] = static_cast<std::int32_t>(static_cast<Index>(3 * i) % n);
  }
  return Indices(shape, ids);
}
inline Index id_at(Index n, const Shape& shape, const Position& p) {
  Index offset = 0;
  for (int i = 0; i < shape.rank(); ++i)
    offset = offset * shape[i] + p[static_cast<std::size_t>(i)];
  return 3 * offset % n;
}

}  // namespace heed_test
