#include "examples/tasks/bag_classifier.h"

#include "attention/masks.h"
#include "autograd/ops.h"
#include "examples/tasks/encoder.h"

namespace heed::inline HEED_REAL::tasks {

BagClassifier::BagClassifier(const Settings& settings, const attention::Mechanism& mechanism,
                             Generator& rng)
    : first_(child<nn::Linear>("first", data::Digits::pixels, 2 * settings.width, rng)),
      second_(child<nn::Linear>("second", 2 * settings.width, settings.width, rng)),
      pooling_(adopt("pooling", make_mechanism(mechanism, settings, false, rng))),
      answer_(child<nn::Linear>("answer", settings.width, 1, rng)) {}

Tensor BagClassifier::operator()(const BagBatch& batch) const {
  const Tensor h = relu(second_(relu(first_(batch.instances))));  // (B, 16, 64) -> (B, 16, C)
  const Mask real = attention::padding(batch.sizes, largest_bag);
  const Tensor z = pooling_.mix({.x = h, .mask = real}).y;  // (B, 1, C)
  return reshape(answer_(z), {-1});
}

}  // namespace heed::inline HEED_REAL::tasks
