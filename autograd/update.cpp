#include "autograd/update.h"

#include <fmt/format.h>

#include <algorithm>

#include "autograd/graph.h"
#include "autograd/storage.h"
#include "autograd/threads.h"

namespace heed::inline HEED_REAL {

void update_in_place(const std::vector<Tensor>& targets, const UpdateKernel& kernel) {
  constexpr Index tile_size = 1 << 15;  // a model of a few thousand weights stays on one thread
  std::vector<Index> starts{0};         // of each target, were they laid end to end
  for (const Tensor& target : targets) {
    if (!target.is_leaf()) {
      throw GraphError(fmt::format(
          "[update_in_place] a tensor was computed by {}; only a leaf can be written",
          target.node()->name));
    }
    starts.push_back(starts.back() + target.size());
  }
  for (const Tensor& target : targets) ++target.storage()->version;

  const Index total = starts.back();
  parallel_for((total + tile_size - 1) / tile_size, [&](Index tile) {
    const Index stop = std::min(total, (tile + 1) * tile_size);
    Index at = tile * tile_size;
    // The last target that starts at or before `at`; empty ones are passed over.
    const auto next = std::upper_bound(starts.begin(), starts.end(), at);
    for (auto i = static_cast<std::size_t>(next - starts.begin()) - 1; at < stop; ++i) {
      const Index end = std::min(stop, starts[i + 1]);
      if (end > at) kernel(i, at - starts[i], end - starts[i]);
      at = end;
    }
  });
}

}  // namespace heed::inline HEED_REAL
