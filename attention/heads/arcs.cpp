#include "attention/heads/arcs.h"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <vector>

#include "attention/heads/map_shape.h"
#include "attention/heads/patterns.h"
#include "autograd/indices_ops.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

void require_gold(const char* op, const Indices& gold) {
  if (gold.shape().rank() != 2) {
    throw ShapeError(fmt::format("[{}] gold must be (B, T): got {}", op, gold.shape().str()));
  }
  for (const std::int32_t key : gold.values()) {
    if (key == no_arc || (key >= 0 && key < gold.dim(1))) continue;
    throw ValueError(fmt::format("[{}] a gold key must be in a text of {} tokens, or {}: got {}",
                                 op, gold.dim(1), no_arc, key));
  }
}

}  // namespace

Tensor arc_score(const Tensor& weights, const Indices& gold, const Mask& keys) {
  require_square_map("arc_score", weights);
  require_gold("arc_score", gold);
  const Index batch = weights.dim(0), length = weights.dim(2);
  if (gold.dim(0) != batch || gold.dim(1) != length) {
    throw ShapeError(fmt::format("[arc_score] gold of a map {} must be ({}, {}): got {}",
                                 weights.shape().str(), batch, length, gold.shape().str()));
  }
  Mask others = !offset_pattern(length, 0);
  if (keys.defined()) others = others & stretched("arc_score", keys, weights.shape());
  const double never = -std::numeric_limits<double>::infinity();
  const Indices found = argmax(where(others, weights, never), 3);  // (B, H, T)
  const Indices wanted = gold.reshape({batch, 1, length});
  const Tensor asked = to_tensor(ne(wanted, no_arc));
  return sum(to_tensor(eq(found, wanted)), {0, 2}) / sum(asked);
}

FixedOffset best_offset(const Indices& gold) {
  require_gold("best_offset", gold);
  std::map<Index, Index> arcs;  // by offset
  Index all = 0;
  for (Index at = 0; at < gold.size(); ++at) {
    if (gold[at] == no_arc) continue;
    arcs[gold[at] - at % gold.dim(1)] += 1;
    all += 1;
  }
  if (all == 0) throw ValueError("[best_offset] there is no arc");
  Index best = 0, most = 0;
  const auto try_offset = [&](Index offset) {
    const auto found = arcs.find(offset);
    if (found == arcs.end() || found->second <= most) return;
    best = offset;
    most = found->second;
  };
  for (Index far = 1; far < gold.dim(1); ++far) {
    try_offset(-far);
    try_offset(far);
  }
  return {best, static_cast<double>(most) / static_cast<double>(all)};
}

}  // namespace heed::inline HEED_REAL::attention
