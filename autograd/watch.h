// Watching operations as they are done: for tools that report, not for computing.
#pragma once

#include <functional>
#include <span>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

struct Operation {
  const char* name;
  const Tensor& output;
  std::span<const Tensor* const> inputs;  // one may be undefined where the operation allows it
};

// While one lives, `see` is called for every differentiable operation of this thread, in order,
// with its value made: also under NoGrad, and for those that a backward pass does, but not for
// those of `see` itself. What `see` throws reaches the caller of the operation. Watchers nest; the
// newest is told first.
class Watcher {
 public:
  using See = std::function<void(const Operation&)>;
  [[nodiscard("one without a name is gone at once: Watcher watcher(see);")]]
  explicit Watcher(See see);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Called by operations.
  static void tell(const Operation& operation);

 private:
  See see_;
  Watcher* before_;
};

}  // namespace heed::inline HEED_REAL
