// The model of the bag task: a small network on every digit, a mechanism that pools the bag into
// one vector, and one number out. Ilse, Tomczak, Welling 2018, arXiv 1802.04712.
#pragma once

#include "attention/maps.h"
#include "attention/mixer.h"
#include "examples/tasks/bags.h"
#include "examples/tasks/task.h"
#include "nn/linear.h"

namespace heed::inline HEED_REAL::tasks {

class BagClassifier : public nn::Module {
 public:
  BagClassifier(const Settings& settings, const attention::Mechanism& mechanism, Generator& rng);

  // The logit of "there is a 9", (B).
  Tensor operator()(const BagBatch& batch) const;

 private:
  nn::Linear& first_;
  nn::Linear& second_;
  attention::Mixer& pooling_;
  nn::Linear& answer_;
};

// The score is the area under the ROC curve; details hold the mass on the 9 of positive bags.
Outcome train_bags(const Task& task, const Trial& trial);

}  // namespace heed::inline HEED_REAL::tasks
