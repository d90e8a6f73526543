#include "attention/heads/map_change.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "attention/heads/map_shape.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

thread_local MapChange* current_guard = nullptr;

}  // namespace

MapChange::MapChange(Change change) : change_(std::move(change)), before_(current_guard) {
  current_guard = this;
}

MapChange::~MapChange() { current_guard = before_; }

bool changing_maps() { return current_guard != nullptr; }

Tensor changed_map(const Tensor& weights) {
  if (current_guard == nullptr || weights.rank() != 4) return weights;
  const Tensor changed = current_guard->change_(weights);
  if (changed.shape() == weights.shape()) return changed;
  throw ShapeError(fmt::format("[MapChange] weights must stay {}: got {}", weights.shape().str(),
                               changed.shape().str()));
}

Tensor uniform_map(const Tensor& weights) {
  require_map("uniform_map", weights);
  const NoGrad no_grad;
  const Mask counts = ne(weights, 0.0);
  const Tensor keys = sum(to_tensor(counts), {3}, true);               // (B, H, T, 1)
  const Tensor each = sum(weights, {3}, true) / where(keys > 0, keys, 1.0);
  return where(counts, each, 0.0);
}

Tensor permuted_map(const Tensor& weights, Generator& rng) {
  require_map("permuted_map", weights);
  const Index keys = weights.dim(3);
  std::vector<Real> values(weights.values().begin(), weights.values().end());
  std::vector<std::size_t> places;  // of one row
  for (std::size_t row = 0; row < values.size(); row += static_cast<std::size_t>(keys)) {
    places.clear();
    for (std::size_t at = row; at < row + static_cast<std::size_t>(keys); ++at) {
      if (values[at] != 0) places.push_back(at);
    }
    const std::vector<std::int32_t> order =
        rng.permutation(static_cast<std::int32_t>(places.size()));
    for (std::size_t i = 0; i < places.size(); ++i) {
      const std::size_t from = places[static_cast<std::size_t>(order[i])];
      values[places[i]] = weights.data()[from];
    }
  }
  return Tensor(weights.shape(), values);
}

}  // namespace heed::inline HEED_REAL::attention
