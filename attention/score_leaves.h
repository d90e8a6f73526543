// What moving each score of a forward pass would do to a loss: zeros that want a gradient, added to
// the scores of every attention that is asked, as shaped as those.
//
//   const attention::ScoreLeaves scores;
//   const Tensor loss = nn::mse(model(x), y);
//   const std::vector<Tensor> slopes = grad({loss}, scores.leaves());  // (B, H, T, S) each
//
// Inside a ScoreShift (score_shift.h) they are added to what that makes of the scores. Without
// either nothing is computed.
#pragma once

#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL::attention {

class ScoreLeaves {
 public:
  ScoreLeaves();
  ~ScoreLeaves();
  ScoreLeaves(const ScoreLeaves&) = delete;
  ScoreLeaves& operator=(const ScoreLeaves&) = delete;

  // Those made so far while this was the innermost one, in the order of the forward pass.
  const std::vector<Tensor>& leaves() const { return leaves_; }

 private:
  friend Tensor shifted(const Tensor& scores);
  std::vector<Tensor> leaves_;
  ScoreLeaves* before_;
};

}  // namespace heed::inline HEED_REAL::attention
