// Other weights in the place of those that a mechanism computes: what a model says when its
// attention is uniform, shuffled, or whatever one likes. The functions of the trio by which
// attention is tried as an explanation are below; attention/heads/faithfulness.h asks all three.
//
//   const attention::MapChange guard([](const Tensor& a) { return uniform_map(a); });
//   model(x);                                        // values are mixed with these weights
//
// Shapes   a (B, H, T, S) -> a (B, H, T, S).
// Cost     the readable path, which has the matrix of weights.
// Differs  from ScoreShift, which moves scores, in that weights are given as they are, for
//          mechanisms without a softmax, too. Maps are published before they are changed: what
//          later layers publish is their answer to changed inputs.
// Limit    weights handed back as they are change no bit (open_gates_change_nothing).
// Source   Jain, Wallace 2019, "Attention is not explanation", arXiv 1902.10186, section 4.2
//          (permuted); Wiegreffe, Pinter 2019, "Attention is not not explanation", arXiv
//          1908.04626, section 3 (uniform).
#pragma once

#include <functional>

#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

// While it lives, the mixers of this thread mix their values with what it makes of their weights;
// the innermost guard counts. Mechanisms without weights (B, H, T, S) do not ask.
class MapChange {
 public:
  using Change = std::function<Tensor(const Tensor& weights)>;
  [[nodiscard("one without a name is gone at once: MapChange guard(change);")]]
  explicit MapChange(Change change);
  ~MapChange();
  MapChange(const MapChange&) = delete;
  MapChange& operator=(const MapChange&) = delete;

 private:
  friend Tensor changed_map(const Tensor& weights);
  Change change_;
  MapChange* before_;
};

// For mechanisms: does anybody change weights? Then take the readable path, which has them.
bool changing_maps();
// Weights as the guard wants them; as they are without one, and where there are no four axes.
// Throws ShapeError when the guard hands back another shape.
Tensor changed_map(const Tensor& weights);

// What each row has in all, spread evenly over the keys that have some of it. No gradient flows.
Tensor uniform_map(const Tensor& weights);
// The weights of each row in a random order among the keys that have some. No gradient flows.
Tensor permuted_map(const Tensor& weights, Generator& rng);

}  // namespace heed::inline HEED_REAL::attention
