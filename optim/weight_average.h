// The exponential moving average of weights, which often tests better than the weights themselves.
//
//   optim::WeightAverage average(model.parameters(), {.decay = 0.999});
//   ... optimizer.step(); average.update(); ...
//   {
//     const optim::AveragedWeights stand_in(average);  // until the end of the block
//     evaluate(model);
//   }
//
//   a = w at the first update, a + c_t (w - a) after it
//   c_t = 1 - decay,  or with bias correction  (1 - decay) / (1 - decay^t)
//
// Without bias correction the first weights stand for all the time before them, as in PyTorch's
// AveragedModel with get_ema_multi_avg_fn. With it a is the mean of w_1 ... w_t with weights
// decay^(t - i), as in Adam (Kingma, Ba 2015, section 3), and follows early training quickly.
// Buffers of modules, such as running means, are not parameters and are left alone.
#pragma once

#include <cstdint>
#include <vector>

#include "optim/state.h"

namespace heed::inline HEED_REAL::optim {

struct WeightAverageOptions {
  double decay = 0.999;
  bool bias_correction = false;
};

class WeightAverage {
 public:
  // The averages start as copies of the weights. Throws ValueError unless decay is in [0, 1), and
  // on parameters that an optimizer would refuse.
  explicit WeightAverage(std::vector<Parameter> parameters,
                         const WeightAverageOptions& options = {});
  WeightAverage(const WeightAverage&) = delete;
  WeightAverage& operator=(const WeightAverage&) = delete;

  // Takes in the weights as they are now, in one pass. Throws GraphError while AveragedWeights
  // stand in for them.
  void update();
  // How often update() was called.
  std::int64_t updates() const { return updates_; }

  // Copies under the names of the weights: what nn::store_parameters saves of a finished model.
  std::vector<Parameter> averages() const { return copied(averages_); }

  // To go on after an interruption: "ema.<parameter>", and the updates as steps.
  OptimizerState state() const;
  // Throws ValueError naming the first tensor that is missing, unexpected or of another shape;
  // nothing is changed then.
  void restore(const OptimizerState& state);

 private:
  friend class AveragedWeights;
  std::vector<Parameter> named_for_state() const;

  std::vector<Parameter> weights_;
  std::vector<Parameter> averages_;
  WeightAverageOptions options_;
  std::int64_t updates_ = 0;
  int stand_ins_ = 0;  // AveragedWeights alive
};

// While one lives, the weights are the averages; then they are what they were before. Do not train
// in between. The WeightAverage must outlive it.
class AveragedWeights {
 public:
  explicit AveragedWeights(WeightAverage& average);
  ~AveragedWeights();
  AveragedWeights(const AveragedWeights&) = delete;
  AveragedWeights& operator=(const AveragedWeights&) = delete;

 private:
  WeightAverage& average_;
  std::vector<Parameter> before_;
};

}  // namespace heed::inline HEED_REAL::optim
