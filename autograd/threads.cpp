#include "autograd/threads.h"

#include <fmt/format.h>

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

// The caller is thread 0; `count - 1` others wait for jobs. Tile i belongs to thread i % count.
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
    announce({}, true);
    for (std::thread& thread : threads_) thread.join();
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void run(const Job& job) {
    for (Failure& failure : failures_) failure = {};
    working_.store(static_cast<int>(threads_.size()), std::memory_order_relaxed);
    announce(job, false);
    do_share(0);
    wait_for_workers();
    rethrow_first();
  }

 private:
  Pool() = default;

  int count() const { return static_cast<int>(failures_.size()); }

  void announce(const Job& job, bool stop) {
    {
      const std::lock_guard lock(mutex_);
      job_ = job;
      stop_ = stop;
      announced_.fetch_add(1, std::memory_order_release);
    }
    job_ready_.notify_all();
  }

  void serve(int thread) {
    std::uint64_t seen = 0;
    for (;;) {
      const auto ready = [&] { return announced_.load(std::memory_order_acquire) != seen; };
      if (!spin_until(ready)) {
        std::unique_lock lock(mutex_);
        job_ready_.wait(lock, ready);
      }
      ++seen;
      if (stop_) return;
      do_share(thread);
      if (working_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::lock_guard lock(mutex_);
        job_done_.notify_one();
      }
    }
  }

  void do_share(int thread) {
    const InsideTile inside;
    Index tile = thread;
    try {
      for (; tile < job_.tiles; tile += count()) job_.call(job_.work, tile);
    } catch (...) {
      failures_[static_cast<std::size_t>(thread)] = {tile, std::current_exception()};
    }
  }

  void wait_for_workers() {
    const auto done = [&] { return working_.load(std::memory_order_acquire) == 0; };
    if (spin_until(done)) return;
    std::unique_lock lock(mutex_);
    job_done_.wait(lock, done);
  }

  // The exception a plain loop would have met first.
  void rethrow_first() {
    const Failure* first = nullptr;
    for (const Failure& failure : failures_) {
      if (failure.exception && (!first || failure.tile < first->tile)) first = &failure;
    }
    if (first) std::rethrow_exception(first->exception);
  }

  std::mutex mutex_;
  std::condition_variable job_ready_;
  std::condition_variable job_done_;
  std::atomic<std::uint64_t> announced_{0};  // jobs so far
  std::atomic<int> working_{0};              // threads that have not finished the job
  Job job_;
  bool stop_ = false;
  std::vector<Failure> failures_;  // one a thread
  std::vector<std::thread> threads_;
};

// Who uses or replaces the pool holds the mutex. The count alone is read without it.
std::mutex pool_mutex;
std::unique_ptr<Pool> pool;
std::atomic<int> thread_count{1};

}  // namespace

void set_threads(int count) {
  if (count < 1 || count > max_threads) {
    throw ValueError(
        fmt::format("[set_threads] the number of threads must be 1 to {}, got {}", max_threads,
                    count));
  }
  if (inside_tile) throw Error("[set_threads] called from inside a parallel operation");
  const std::lock_guard lock(pool_mutex);
  thread_count.store(1, std::memory_order_relaxed);
  pool.reset();
  try {
    if (count > 1) pool = std::make_unique<Pool>(count);
  } catch (const std::system_error& error) {
    throw IoError(fmt::format("[set_threads] cannot start {} threads: {}", count, error.what()));
  }
  thread_count.store(count, std::memory_order_relaxed);
}

int threads() { return thread_count.load(std::memory_order_relaxed); }

namespace detail {

void run_tiles(Index tiles, void (*call)(void*, Index), void* work) {
  if (tiles > 1 && threads() > 1 && !inside_tile) {
    // A second thread of the user finds the pool busy and does its work alone.
    const std::unique_lock lock(pool_mutex, std::try_to_lock);
    if (lock && pool) {
      pool->run({tiles, call, work});
      return;
    }
  }
  for (Index tile = 0; tile < tiles; ++tile) call(work, tile);
}

}  // namespace detail
}  // namespace heed::inline HEED_REAL
