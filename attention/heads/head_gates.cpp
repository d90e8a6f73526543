#include "attention/heads/head_gates.h"

#include <fmt/format.h>

#include <utility>

#include "autograd/ops.h"

namespace heed::inline HEED_REAL::attention {

namespace {

thread_local HeadGates* current_guard = nullptr;

}  // namespace

HeadGates::HeadGates(Removed removed)
    : made_(true), removed_(removed), before_(current_guard) {
  current_guard = this;
}

HeadGates::HeadGates(std::vector<Tensor> gates, Removed removed)
    : gates_(std::move(gates)), made_(false), removed_(removed), before_(current_guard) {
  current_guard = this;
}

HeadGates::~HeadGates() { current_guard = before_; }

bool gating_heads() { return current_guard != nullptr; }

// The gates of heads that are shaped so.
const Tensor& HeadGates::next(const Shape& shape) {
  if (made_) {
    gates_.push_back(Tensor::ones({shape[0], shape[1]}));
    gates_.back().require_grad();
  } else if (used_ == gates_.size()) {
    throw ValueError(fmt::format(
        "[HeadGates] the forward pass asks for more than the gates of {} attentions given", used_));
  }
  const Tensor& gates = gates_[used_];
  const bool by_sample = gates.rank() == 2 && gates.dim(0) == shape[0];
  if ((gates.rank() != 1 && !by_sample) || gates.dim(-1) != shape[1]) {
    throw ShapeError(fmt::format("[HeadGates] gates {} must be ({}) or ({}, {}): got {}", used_,
                                 shape[1], shape[0], shape[1], gates.shape().str()));
  }
  used_ += 1;
  return gates;
}

Tensor gated(const Tensor& y) {
  if (current_guard == nullptr || y.rank() != 4) return y;
  const Tensor& gates = current_guard->next(y.shape());
  const Tensor g = reshape(gates, {gates.rank() == 2 ? y.dim(0) : 1, y.dim(1), 1, 1});
  if (current_guard->removed_ == Removed::zero) return y * g;
  return y * g + mean(y, {0, 2}, true) * (1.0 - g);
}

}  // namespace heed::inline HEED_REAL::attention
