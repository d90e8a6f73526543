#include "attention/heads/faithfulness.h"

#include <fmt/format.h>

#include <vector>

#include "attention/heads/map_change.h"
#include "attention/heads/rows.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

Faithfulness faithfulness(const std::function<Tensor()>& probabilities,
                          const FaithfulnessOptions& options, Generator& rng) {
  if (options.permutations < 1) {
    throw ValueError(fmt::format("[faithfulness] there must be a permutation: {}",
                                 options.permutations));
  }
  Faithfulness found;
  found.adversarial = adversarial_maps(probabilities, options.adversarial, rng);
  const NoGrad no_grad;
  const Tensor own = probabilities();
  const auto change_under = [&](const MapChange::Change& change) {
    const MapChange guard(change);
    return total_variation(probabilities(), own);
  };
  found.uniform = change_under(uniform_map);
  std::vector<Tensor> changes;  // (B) each
  for (Index i = 0; i < options.permutations; ++i) {
    changes.push_back(change_under([&](const Tensor& a) { return permuted_map(a, rng); }));
  }
  found.permuted = median(stack(changes, 0), {0});
  return found;
}

}  // namespace heed::inline HEED_REAL::attention
