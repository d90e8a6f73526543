// In whose name an operation speaks that calls others.
#pragma once

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// While one lives, errors of this thread and what it records are those of the operation `name`,
// which the user called, whatever operations it is made of. Of several the outermost counts.
//
//   Tensor mse(...) { const Calling calling("mse"); return mean(square(a - b)); }
class Calling {
 public:
  // The text must outlive the graph: a literal.
  [[nodiscard("one without a name is gone at once: const Calling calling(name);")]]
  explicit Calling(const char* name);
  ~Calling();
  Calling(const Calling&) = delete;
  Calling& operator=(const Calling&) = delete;

 private:
  bool outermost_;
};

namespace detail {
// The name of the outermost; null: none lives.
extern constinit thread_local const char* calling;
}  // namespace detail

}  // namespace heed::inline HEED_REAL
