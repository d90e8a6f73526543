#include "optim/weight_average.h"

#include <cmath>

#include "autograd/update.h"
#include "optim/options.h"
#include "optim/stepper.h"

namespace heed::inline HEED_REAL::optim {

WeightAverage::WeightAverage(std::vector<Parameter> parameters, const WeightAverageOptions& options)
    : weights_(std::move(parameters)), averages_(copied(weights_)), options_(options) {
  check_parameters("WeightAverage", weights_);
  require_below_one("WeightAverage", "decay", options.decay);
}

void WeightAverage::update() {
  if (stand_ins_ > 0) {
    throw GraphError(
        "[WeightAverage] update() while AveragedWeights stand in for the weights\n"
        "hint: end their block before training goes on");
  }
  const auto t = static_cast<double>(updates_ + 1);
  double share = 1 - options_.decay;
  if (options_.bias_correction) share /= 1 - std::pow(options_.decay, t);
  const auto fresh = static_cast<Real>(updates_ == 0 ? 1 : share);
  const Real old = 1 - fresh;
  std::vector<Tensor> targets;
  for (const Parameter& average : averages_) targets.push_back(average.value);
  update_in_place(targets, [&](std::size_t i, Index begin, Index end) {
    Real* const a = targets[i].mutable_data();
    const Real* const w = weights_[i].value.data();
    for (Index at = begin; at < end; ++at) a[at] = old * a[at] + fresh * w[at];
  });
  ++updates_;
}

std::vector<Parameter> WeightAverage::named_for_state() const {
  std::vector<Parameter> named = averages_;
  for (Parameter& average : named) average.name = "ema." + average.name;
  return named;
}

OptimizerState WeightAverage::state() const { return {updates_, copied(named_for_state())}; }

void WeightAverage::restore(const OptimizerState& state) {
  std::vector<NamedShape> expected;
  for (const auto& [name, value] : named_for_state()) expected.push_back({name, value.shape()});
  const std::vector<Tensor> given = matched("WeightAverage", expected, state);
  for (std::size_t i = 0; i < given.size(); ++i) averages_[i].value.assign(given[i]);
  updates_ = state.steps;
}

AveragedWeights::AveragedWeights(WeightAverage& average)
    : average_(average), before_(copied(average.weights_)) {
  for (std::size_t i = 0; i < before_.size(); ++i) {
    average.weights_[i].value.assign(average.averages_[i].value);
  }
  ++average.stand_ins_;
}

AveragedWeights::~AveragedWeights() {
  for (std::size_t i = 0; i < before_.size(); ++i) {
    average_.weights_[i].value.assign(before_[i].value);
  }
  --average_.stand_ins_;
}

}  // namespace heed::inline HEED_REAL::optim
