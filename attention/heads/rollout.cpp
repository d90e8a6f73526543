#include "attention/heads/rollout.h"

#include <fmt/format.h>

#include "attention/heads/map_shape.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Tensor rollout(const std::vector<Tensor>& maps, double residual) {
  if (maps.empty()) throw ValueError("[rollout] there must be a map");
  if (!(residual >= 0 && residual <= 1)) {
    throw ValueError(fmt::format("[rollout] residual must be in [0, 1]: {}", residual));
  }
  Tensor left;  // (B, T, T)
  for (const Tensor& map : maps) {
    require_square_map("rollout", map);
    if (map.dim(0) != maps[0].dim(0) || map.dim(2) != maps[0].dim(2)) {
      throw ShapeError(fmt::format("[rollout] maps must be of the same samples: {} after {}",
                                   map.shape().str(), maps[0].shape().str()));
    }
    const Tensor mixed = mean(map, {1}) * (1 - residual) + Tensor::eye(map.dim(2)) * residual;
    const Tensor step = mixed / sum(mixed, {2}, true);
    left = left.defined() ? matmul(step, left) : step;
  }
  return left;
}

}  // namespace heed::inline HEED_REAL::attention
