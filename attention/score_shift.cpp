#include "attention/score_shift.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

thread_local ScoreShift* current_guard = nullptr;

}  // namespace

ScoreShift::ScoreShift(std::vector<Tensor> shifts)
    : shifts_(std::move(shifts)), before_(current_guard) {
  current_guard = this;
}

ScoreShift::~ScoreShift() { current_guard = before_; }

bool shifting_scores() { return current_guard != nullptr; }

Tensor shifted(const Tensor& scores) {
  if (current_guard == nullptr) return scores;
  ScoreShift& guard = *current_guard;
  if (guard.used_ == guard.shifts_.size()) {
    throw ValueError(fmt::format(
        "[ScoreShift] the forward pass asks for more than the {} shifts given", guard.used_));
  }
  const Tensor& shift = guard.shifts_[guard.used_++];
  const Tensor sum = scores + shift;
  if (sum.shape() == scores.shape()) return sum;
  throw ShapeError(fmt::format("[ScoreShift] shift {} must broadcast against scores {}: got {}",
                               guard.used_ - 1, scores.shape().str(), shift.shape().str()));
}

}  // namespace heed::inline HEED_REAL::attention
