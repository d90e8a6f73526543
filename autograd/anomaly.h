// Anomaly mode: which operation made the first NaN or infinity?
//
//   AnomalyGuard guard;
//   const Tensor loss = mean(log(model(x)));  // [log] forward: the output (64, 1) is not finite
//   ... loss.backward();                          // [sqrt] backward: the gradient of input 0 ...
#pragma once

#include <optional>

#include "autograd/watch.h"

namespace heed::inline HEED_REAL {

// While one lives, every operation of this thread checks its output, also under NoGrad, and a
// backward pass what each rule returns. The first value that is not finite throws NonFiniteError:
// the operation, the shapes and ranges of its inputs (in a backward pass their shapes and the range
// of the cotangent), and where the value stands. Infinities that are meant are reported as well:
// AnomalyGuard(false) inside lets them pass. Not looked at: parameters that an optimizer writes,
// and leaves, before an operation reads them. Reads every value once more; without a guard, an
// operation asks one question more.
class AnomalyGuard {
 public:
  [[nodiscard("one without a name is gone at once: AnomalyGuard guard;")]]
  explicit AnomalyGuard(bool on = true);
  ~AnomalyGuard();
  AnomalyGuard(const AnomalyGuard&) = delete;
  AnomalyGuard& operator=(const AnomalyGuard&) = delete;

 private:
  bool before_;
  std::optional<Watcher> watcher_;
};

// Does an AnomalyGuard of this thread live, and the innermost one is on?
bool anomaly_enabled();

namespace detail {
// Throws NonFiniteError, naming node and argument, unless what the rule returned is finite.
void check_gradient(const Node& node, int argument, const Tensor& gradient,
                    const Tensor& cotangent);
// The same for what arrives at a node: a cotangent that was given, or the sum over its uses.
void check_arriving(const Node& node, const Tensor& gradient);
}  // namespace detail

}  // namespace heed::inline HEED_REAL
