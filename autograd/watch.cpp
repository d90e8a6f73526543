#include "autograd/watch.h"

#include <utility>

#include "autograd/graph.h"

namespace heed::inline HEED_REAL {
namespace {

thread_local Watcher* newest = nullptr;

// Returns who watched until now.
Watcher* listen(Watcher* watcher) {
  detail::watched = watcher != nullptr;
  return std::exchange(newest, watcher);
}

}  // namespace

Watcher::Watcher(See see) : see_(std::move(see)), before_(listen(this)) {}

Watcher::~Watcher() { listen(before_); }

void Watcher::tell(const Operation& operation) {
  struct Deaf {
    Watcher* const all = listen(nullptr);
    ~Deaf() { listen(all); }
  } const deaf;
  for (Watcher* each = deaf.all; each; each = each->before_) each->see_(operation);
}

namespace detail {

constinit thread_local bool watched = false;

void tell(const char* name, const Tensor& y, const Tensor* const* inputs, int count) {
  Watcher::tell({name, y, {inputs, static_cast<std::size_t>(count)}});
}

}  // namespace detail
}  // namespace heed::inline HEED_REAL
