#include "autograd/threads.h"

#include <fmt/format.h>
#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "autograd/errors.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr int max_threads = 64;

// True on a thread that is working on a tile: what it asks for runs at once and in place.
thread_local bool inside_tile = false;
thread_local int slot = 0;

class InsideTile {
 public:
  InsideTile() : before_(std::exchange(inside_tile, true)) {}
  ~InsideTile() { inside_tile = before_; }
  InsideTile(const InsideTile&) = delete;
  InsideTile& operator=(const InsideTile&) = delete;

 private:
  bool before_;
};

// An operation often follows the last one within microseconds: looking for a while before sleeping
// saves both sides a trip through the kernel.
template <class Ready>
bool spin_until(Ready ready) {
  constexpr int looks = 4000;
  for (int i = 0; i < looks; ++i) {
    if (ready()) return true;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  return false;
}

// What one thread met while it worked: the first tile of its share that threw.
struct Failure {
  Index tile = 0;
  std::exception_ptr exception;
};

struct Job {
  Index tiles = 0;
  void (*call)(void*, Index) = nullptr;
  void* work = nullptr;
};

// The caller is thread 0; `count - 1` others wait for jobs. Each takes the next tile that nobody
// has taken, and the caller waits for nobody who has not begun: where the machine is busy and the
// others come late, it has done their share.
class Pool {
 public:
  // Delegates, so that the destructor ends the threads already started when the system refuses one.
  explicit Pool(int count) : Pool() {
    failures_.resize(static_cast<std::size_t>(count));
    for (int thread = 1; thread < count; ++thread) {
      threads_.emplace_back([this, thread] { serve(thread); });
    }
  }

  ~Pool() {
    stop_.store(true, std::memory_order_relaxed);
    announce();
    for (std::thread& thread : threads_) thread.join();
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run(const Job& job) {
    for (Failure& failure : failures_) failure = {};
    job_ = job;
    next_tile_.store(0, std::memory_order_relaxed);
    inside_.store(0, std::memory_order_release);  // opens the door
    announce();
    work_as(0);
    close();
    rethrow_first();
  }

 private:
  Pool() = default;

  void announce() {
    {
      const std::lock_guard lock(mutex_);
      announced_.fetch_add(1, std::memory_order_release);
    }
    job_ready_.notify_all();
  }

  void serve(int thread) {
    slot = thread;
    std::uint64_t seen = 0;
    for (;;) {
      const auto ready = [&] { return announced_.load(std::memory_order_acquire) != seen; };
      if (!spin_until(ready)) {
        std::unique_lock lock(mutex_);
        job_ready_.wait(lock, ready);
      }
      if (stop_.load(std::memory_order_relaxed)) return;
      seen = announced_.load(std::memory_order_acquire);
      if (!enter()) continue;
      work_as(thread);
      leave();
    }
  }

  // False when the job is over.
  bool enter() {
    int inside = inside_.load(std::memory_order_relaxed);
    while (inside != closed) {
      if (inside_.compare_exchange_weak(inside, inside + 1, std::memory_order_acquire,
                                        std::memory_order_relaxed)) {
        return true;
      }
    }
    return false;
  }

  void leave() {
    if (inside_.fetch_sub(1, std::memory_order_release) > 1) return;
    const std::lock_guard lock(mutex_);
    job_done_.notify_one();
  }

  // Waits for those inside and lets nobody in any more.
  void close() {
    const auto closes = [&] {
      int nobody = 0;
      return inside_.compare_exchange_strong(nobody, closed, std::memory_order_acquire,
                                             std::memory_order_relaxed);
    };
    if (spin_until(closes)) return;
    std::unique_lock lock(mutex_);
    job_done_.wait(lock, closes);
  }

  void work_as(int thread) {
    const InsideTile inside;
    Index tile = 0;
    try {
      while ((tile = next_tile_.fetch_add(1, std::memory_order_relaxed)) < job_.tiles) {
        job_.call(job_.work, tile);
      }
    } catch (...) {
      failures_[static_cast<std::size_t>(thread)] = {tile, std::current_exception()};
    }
  }

  // The exception a plain loop would have met first: tiles are taken in order, so nobody can have
  // stopped before it was taken.
  void rethrow_first() {
    const Failure* first = nullptr;
    for (const Failure& failure : failures_) {
      if (failure.exception && (!first || failure.tile < first->tile)) first = &failure;
    }
    if (first) std::rethrow_exception(first->exception);
  }

  static constexpr int closed = -1;

  std::mutex mutex_;
  std::condition_variable job_ready_;
  std::condition_variable job_done_;
  std::atomic<std::uint64_t> announced_{0};  // jobs so far
  std::atomic<bool> stop_{false};
  Job job_;
  std::atomic<Index> next_tile_{0};
  std::atomic<int> inside_{closed};  // threads at work besides the caller
  std::vector<Failure> failures_;  // one a thread
  std::vector<std::thread> threads_;
};

std::atomic<int> thread_count{1};

// Who uses or replaces the pool holds the lock. The count alone is read without it.
struct Workshop {
  std::mutex lock;
  std::unique_ptr<Pool> pool;

  // What computes even later, in a destructor of a static variable, does so alone.
  ~Workshop() { thread_count.store(1, std::memory_order_relaxed); }
};

Workshop workshop;

// The threads of the pool are not in the child, and whoever held the lock is not either: it begins
// with one thread, and a pool of its own if it asks for one. The old one stays where it is: to end
// it would be to wait for threads that are not there. Listed, so that no sanitizer calls it lost.
void begin_as_child() {
  static auto* const left_behind = new std::vector<Pool*>;
  if (workshop.pool) left_behind->push_back(workshop.pool.release());
  std::construct_at(&workshop.lock);
  thread_count.store(1, std::memory_order_relaxed);
}

}  // namespace

void set_threads(int count) {
  if (count < 1 || count > max_threads) {
    throw ValueError(
        fmt::format("[set_threads] the number of threads must be 1 to {}, got {}", max_threads,
                    count));
  }
  if (inside_tile) throw Error("[set_threads] called from inside a parallel operation");
  static const int registered = pthread_atfork(nullptr, nullptr, begin_as_child);
  static_cast<void>(registered);
  const std::lock_guard lock(workshop.lock);
  thread_count.store(1, std::memory_order_relaxed);
  workshop.pool.reset();
  try {
    if (count > 1) workshop.pool = std::make_unique<Pool>(count);
  } catch (const std::system_error& error) {
    throw IoError(fmt::format("[set_threads] cannot start {} threads: {}", count, error.what()));
  }
  thread_count.store(count, std::memory_order_relaxed);
}

int threads() { return thread_count.load(std::memory_order_relaxed); }

int thread_slot() { return slot; }

namespace detail {

void run_tiles(Index tiles, void (*call)(void*, Index), void* work) {
  if (tiles > 1 && threads() > 1 && !inside_tile) {
    // A second thread of the user finds the pool busy and does its work alone.
    const std::unique_lock lock(workshop.lock, std::try_to_lock);
    if (lock && workshop.pool) {
      workshop.pool->run({tiles, call, work});
      return;
    }
  }
  for (Index tile = 0; tile < tiles; ++tile) call(work, tile);
}

}  // namespace detail
}  // namespace heed::inline HEED_REAL
