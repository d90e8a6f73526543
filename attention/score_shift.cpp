#include "attention/score_shift.h"

#include <fmt/format.h>

#include <utility>

#include "attention/score_leaves.h"
#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

thread_local ScoreShift* current_guard = nullptr;
thread_local ScoreLeaves* current_leaves = nullptr;

}  // namespace

ScoreShift::ScoreShift(std::vector<Tensor> shifts)
    : shifts_(std::move(shifts)), before_(current_guard) {
  current_guard = this;
}

ScoreShift::~ScoreShift() { current_guard = before_; }

ScoreLeaves::ScoreLeaves() : before_(current_leaves) { current_leaves = this; }

ScoreLeaves::~ScoreLeaves() { current_leaves = before_; }

bool shifting_scores() { return current_guard != nullptr || current_leaves != nullptr; }

namespace {

Tensor sum_of(const Tensor& scores, const Tensor& shift, std::size_t which) {
  const Tensor sum = scores + shift;
  if (sum.shape() == scores.shape()) return sum;
  throw ShapeError(fmt::format("[ScoreShift] shift {} must broadcast against scores {}: got {}",
                               which, scores.shape().str(), shift.shape().str()));
}

}  // namespace

Tensor shifted(const Tensor& scores) {
  Tensor moved = scores;
  if (current_guard != nullptr) {
    ScoreShift& guard = *current_guard;
    if (guard.used_ == guard.shifts_.size()) {
      throw ValueError(fmt::format(
          "[ScoreShift] the forward pass asks for more than the {} shifts given", guard.used_));
    }
    moved = sum_of(scores, guard.shifts_[guard.used_], guard.used_);
    guard.used_ += 1;
  }
  if (current_leaves == nullptr) return moved;
  std::vector<Tensor>& leaves = current_leaves->leaves_;
  leaves.push_back(Tensor::zeros(scores.shape()));
  leaves.back().require_grad();
  return moved + leaves.back();
}

}  // namespace heed::inline HEED_REAL::attention
