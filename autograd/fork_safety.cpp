#include "autograd/fork_safety.h"

#include <pthread.h>

#include <array>
#include <cstddef>

namespace heed::inline HEED_REAL {
namespace {

// In the order in which they are taken: a lock that is held while another is asked for comes first.
struct Locks {
  std::mutex guard;
  std::array<std::mutex*, 8> all{};
  std::size_t count = 0;
};

Locks& locks() {
  static auto* const instance = new Locks;
  return *instance;
}

void take_all() {
  locks().guard.lock();
  for (std::size_t i = 0; i < locks().count; ++i) locks().all[i]->lock();
}

void give_all() {
  for (std::size_t i = locks().count; i-- > 0;) locks().all[i]->unlock();
  locks().guard.unlock();
}

}  // namespace

void hold_during_fork(std::mutex& lock) {
  static const int registered = pthread_atfork(take_all, give_all, give_all);
  static_cast<void>(registered);
  const std::lock_guard held(locks().guard);
  if (locks().count < locks().all.size()) locks().all[locks().count++] = &lock;
}

}  // namespace heed::inline HEED_REAL
