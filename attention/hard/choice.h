// Hard choices: instead of a weighted mean, one key a query, drawn from the softmax of the scores;
// and the ways to get a gradient through the draw.
// Williams 1992, "Simple statistical gradient-following algorithms for connectionist reinforcement
// learning".
//
//   grad E[R] = E[ grad R + (R - b) grad log p(s) ]
//
// The first term flows through the value that was chosen as through any tensor; the second is what
// reinforce() adds. b may be anything that does not depend on the draw: it changes the variance
// only. The constant of least variance weighs the rewards by the length of the slope that each
// multiplies (Weaver, Tao 2001, "The optimal reward baseline for gradient-based reinforcement
// learning", arXiv 1301.2315):
//
//   b* = E[R |g|^2] / E[|g|^2],   g = grad log p(s)
#pragma once

#include "autograd/indices.h"
#include "autograd/random.h"
#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

struct Choice {
  Indices chosen;          // (..., T): the key; -1 where a query sees none
  Tensor weights;          // (..., T, S): 1 at the chosen key, 0 elsewhere. No gradient.
  Tensor log_probability;  // (..., T): log softmax(scores) at the chosen key; 0 where there is none
};

// s ~ softmax(scores) over the visible keys. scores (..., T, S).
Choice draw(const Tensor& scores, const Mask& visible, Generator& rng);
// The best visible key; the first at a tie. For evaluation.
Choice strongest(const Tensor& scores, const Mask& visible);

// The loss whose gradient is the score-function term of -E[R]: -mean((R - b) log p(s)). reward has
// the shape of log_probability; no gradient flows into it.
Tensor reinforce(const Tensor& log_probability, const Tensor& reward, double baseline = 0);
// The same with a baseline for each draw, in the shape of the rewards: one that was learned from
// what was known before it. No gradient flows into it.
Tensor reinforce(const Tensor& log_probability, const Tensor& reward, const Tensor& baseline);
// The same expectation without drawing: sum_s p(s) R(s) over all keys, rewards (..., T, S) ->
// (..., T). What the estimate is measured against, and affordable when there are few keys.
Tensor expected_reward(const Tensor& scores, const Mask& visible, const Tensor& rewards);

// |g|^2 of each draw, by the scores: |e_s - p|^2. probabilities (..., T, S), log_probability
// (..., T) -> (..., T), without gradient; 0 where there was nothing to draw.
Tensor squared_slope(const Tensor& probabilities, const Tensor& log_probability);

// Baselines are read before the draws that they are taken from and updated afterwards: one that
// knows its own draw would make the estimate wrong.

// b: an exponential mean of the rewards seen, corrected for its start at 0.
class RunningBaseline {
 public:
  explicit RunningBaseline(double decay = 0.95) : decay_(decay) {}
  double value() const { return weight_ > 0 ? sum_ / weight_ : 0; }
  void update(const Tensor& reward);

 private:
  double decay_;
  double sum_ = 0;
  double weight_ = 0;
};

// b*: the ratio of two such means.
class OptimalBaseline {
 public:
  explicit OptimalBaseline(double decay = 0.95) : paid_(decay), slopes_(decay) {}
  double value() const { return slopes_.value() > 0 ? paid_.value() / slopes_.value() : 0; }
  // Rewards and squared_slope() of the same draws.
  void update(const Tensor& reward, const Tensor& squared_slope);

 private:
  RunningBaseline paid_, slopes_;
};

}  // namespace heed::inline HEED_REAL::attention
