// Does what a model says hang on where it looks? Three maps in the place of its own: uniform ones,
// its own weights in a random order, and adversarial ones, as far from its own as can be while it
// says the same. Attention that explains an answer makes the first two change it and leaves the
// third no room.
//
//   const Faithfulness f = faithfulness([&] { return softmax(model(x), -1); }, {}, rng);
//   mean(f.uniform);                    // by how much answers change, 0 to 1
//   mean(f.adversarial.divergence);     // 0: no other map says the same; .69: any does
//
//   change = |p' - p| = sum over classes |p'_c - p_c| / 2
//
// Shapes   p (B, classes); each figure (B).
// Cost     2 + permutations passes, and a pass forward and one back for each step of the ascent.
// Differs  the three are of every attention of the model at once. That other maps say the same
//          does not make this one wrong, and weights that change nothing may still be read by
//          nobody: both papers belong together.
// Limit    a model whose values are all alike says the same whatever its maps
//          (maps_over_equal_values_are_free).
// Source   Jain, Wallace 2019, "Attention is not explanation", arXiv 1902.10186, section 4.2;
//          Wiegreffe, Pinter 2019, "Attention is not not explanation", arXiv 1908.04626.
#pragma once

#include <functional>

#include "attention/training/adversarial_maps.h"

namespace heed::inline HEED_REAL::attention {

struct FaithfulnessOptions {
  Index permutations = 20;
  AdversarialMapsOptions adversarial = {};
};

struct Faithfulness {
  Tensor uniform;               // (B): the change under uniform maps
  Tensor permuted;              // (B): the median change over the permutations
  AdversarialMaps adversarial;  // how far a map may be that says the same
};

// `probabilities` runs the model, in the same way each time: (B, classes), and maps whose rows sum
// to 1. Throws what adversarial_maps() throws, and ValueError unless there is a permutation.
Faithfulness faithfulness(const std::function<Tensor()>& probabilities,
                          const FaithfulnessOptions& options, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
