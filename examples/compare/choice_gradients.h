// How well a gradient through a choice is estimated: REINFORCE with each baseline, Gumbel-softmax
// and straight-through, against the gradient that enumerating all choices gives.
//
// One choice of five keys is made by scores that all problems share; the reward is minus the
// squared distance of what was read from a target, and there are 64 targets. With five keys and 64
// targets the gradient of the mean reward can be had exactly.
#pragma once

#include <string>
#include <vector>

namespace heed::compare {

// All three in lengths of the exact gradient.
struct ChoiceGradient {
  std::string name;  // "REINFORCE, running baseline"
  double bias = 0;   // how far the mean of all draws is off
  double error = 0;  // how far it is expected to be off without a bias: its standard error
  double noise = 0;  // the standard deviation of one draw
  // The largest deviation of a coordinate in standard errors, and the largest standard error.
  double worst = 0, coarsest = 0;
};

// From 256,000 draws each; 64,000 before them settle the baselines.
std::vector<ChoiceGradient> choice_gradients();

}  // namespace heed::compare
