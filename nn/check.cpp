#include "nn/check.h"

#include <fmt/format.h>

#include <string>

namespace heed::inline HEED_REAL::nn {

namespace {

void check_defined(const char* layer, const char* argument, const Tensor& x) {
  if (x.defined()) return;
  throw ValueError(fmt::format("[{}] {} is undefined\nhint: it was made by Tensor(), or moved from",
                               layer, argument));
}

}  // namespace

void check_positive(const char* layer,
                    std::initializer_list<std::pair<const char*, Index>> sizes) {
  for (const auto& [name, size] : sizes) {
    if (size < 1) {
      throw ValueError(fmt::format("[{}] {} must be at least 1, got {}", layer, name, size));
    }
  }
}

void check_shape(const char* layer, const char* argument, const Tensor& x, const char* legend,
                 std::initializer_list<Index> extents) {
  check_defined(layer, argument, x);
  bool fits = x.rank() == static_cast<int>(extents.size());
  std::string wanted;
  int axis = 0;
  for (const Index extent : extents) {
    fits = fits && (extent == -1 || x.dim(axis) == extent);
    wanted += fmt::format("{}{}", axis ? ", " : "", extent == -1 ? "any" : std::to_string(extent));
    ++axis;
  }
  if (fits) return;
  throw ShapeError(fmt::format("[{}] {} must be {} = ({}), got {}", layer, argument, legend, wanted,
                               x.shape().str()));
}

void check_last_axis(const char* layer, const Tensor& x, const char* legend, Index extent,
                     const char* argument) {
  check_defined(layer, argument, x);
  if (x.rank() >= 1 && x.dim(-1) == extent) return;
  throw ShapeError(fmt::format("[{}] {} must be {} with a last axis of {}, got {}", layer, argument,
                               legend, extent, x.shape().str()));
}

}  // namespace heed::inline HEED_REAL::nn
