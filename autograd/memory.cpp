#include "autograd/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <limits>
#include <mutex>
#include <new>
#include <vector>

#include "autograd/block_pool.h"
#include "autograd/cpu_check.h"
#include "autograd/errors.h"
#include "autograd/fork_safety.h"
#include "autograd/reference_count.h"
#include "autograd/storage.h"

namespace heed::inline HEED_REAL {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t huge_page = std::size_t{1} << 21;

// Four classes an octave, from 64 bytes on: at most a quarter of a block is slack.
constexpr std::uint32_t classes = 4 * 58;

std::uint32_t class_of(std::size_t bytes) {
  if (bytes <= alignment) return 0;
  const auto octave = static_cast<std::uint32_t>(std::bit_width(bytes - 1) - 1);  // 6 for 65..128
  const std::size_t quarter = std::size_t{1} << (octave - 2);
  const auto part = static_cast<std::uint32_t>((bytes - 1 - (std::size_t{1} << octave)) / quarter);
  return (octave - 6) * 4 + part + 1;
}

std::size_t bytes_of(std::uint32_t size_class) {
  if (size_class == 0) return alignment;
  const std::uint32_t octave = (size_class - 1) / 4 + 6;
  const std::size_t quarter = std::size_t{1} << (octave - 2);
  const std::size_t exact = (std::size_t{1} << octave) + ((size_class - 1) % 4 + 1) * quarter;
  return (exact + alignment - 1) / alignment * alignment;
}

// One for all threads: what one of them frees, another may take. Who touches it holds the guard.
struct Allocator {
  std::mutex guard;
  memory::Counters counters;
  std::uint64_t cap = 0;
  std::uint64_t fail_in = 0;
  bool poison = false;
  std::array<std::vector<void*>, classes> free;

  ~Allocator() { trim(); }
  // For reuse. Called while tensors are destroyed, so it must not throw: a block that no list has
  // room for goes back to the system.
  void keep(std::uint32_t size_class, void* block, std::size_t bytes) noexcept {
    try {
      free[size_class].push_back(block);
      counters.cached_bytes += bytes;
    } catch (const std::bad_alloc&) {
      std::free(block);
    }
  }
  void trim() {
    for (auto& list : free) {
      for (void* block : list) std::free(block);
      list.clear();
    }
    counters.cached_bytes = 0;
  }
};

// Never destroyed: tensors in static variables may outlive any static of ours.
Allocator& allocator() {
  static auto* instance = [] {
    check_cpu();  // the first thing any computation does is ask for memory
    auto* const made = new Allocator;
    hold_during_fork(made->guard);
    return made;
  }();
  return *instance;
}

void fill(Real* data, std::size_t elements, Real value) { std::fill_n(data, elements, value); }

// A large block begins where a huge page does, and asks for huge pages: with small ones a pass over
// a few megabytes misses the translation cache at every turn.
void* large_block(std::size_t bytes) {
  void* block = nullptr;
  if (posix_memalign(&block, huge_page, bytes) != 0) return nullptr;
  madvise(block, bytes, MADV_HUGEPAGE);  // a system without them says no, and does no harm
  return block;
}

void* aligned_block(std::size_t bytes) {
  return bytes >= huge_page ? large_block(bytes) : std::aligned_alloc(alignment, bytes);
}

void* system_block(Allocator& heap, std::size_t bytes) {
  ++heap.counters.system_calls;
  // Under a sanitizer the block has exactly the bytes asked for, so that one element too far is
  // seen.
  const auto ask = [bytes] {
    return pass_through() ? std::malloc(std::max<std::size_t>(bytes, 1)) : aligned_block(bytes);
  };
  if (void* block = ask()) return block;
  heap.trim();  // what is kept in other sizes may be what is missing
  if (void* block = ask()) return block;
  throw OutOfMemory(fmt::format("[allocate] the system has no {} bytes more ({} live, {} cached)",
                                bytes, heap.counters.live_bytes, heap.counters.cached_bytes));
}

// One that was kept, or a new one.
void* any_block(Allocator& heap, std::uint32_t size_class, std::size_t bytes) {
  auto& list = heap.free[size_class];
  if (list.empty()) return system_block(heap, bytes);
  void* block = list.back();
  list.pop_back();
  heap.counters.cached_bytes -= bytes;
  return block;
}

void check_cap(const Allocator& heap, std::size_t bytes) {
  if (heap.cap != 0 && heap.counters.live_bytes + bytes > heap.cap) {
    throw OutOfMemory(fmt::format("[allocate] {} bytes requested, {} used, the cap is {}", bytes,
                                  heap.counters.live_bytes, heap.cap));
  }
}

}  // namespace

void retain(Storage* storage) { count_up(storage->references); }

void release(Storage* storage) {
  if (!count_down(storage->references)) return;
  Allocator& heap = allocator();
  const std::lock_guard lock(heap.guard);
  const std::size_t bytes =
      pass_through() ? storage->elements * sizeof(Real) : bytes_of(storage->size_class);
  heap.counters.live_bytes -= bytes;
  if (heap.poison) fill(storage->data, storage->elements, static_cast<Real>(-7.0e33));
  if (pass_through()) {
    std::free(storage->data);
  } else {
    heap.keep(storage->size_class, storage->data, bytes);
  }
  return_block(storage, sizeof(Storage));
}

bool take_room(Storage& storage, std::size_t end, std::size_t more) {
  if (end == 0 || end + more > storage.elements) return false;
  return std::atomic_ref(storage.grown).compare_exchange_strong(end, end + more);
}

Pointer<Storage> allocate(Index elements) {
  Allocator& heap = allocator();
  const std::lock_guard lock(heap.guard);
  if (heap.fail_in != 0 && --heap.fail_in == 0) {
    throw OutOfMemory(fmt::format("[allocate] {} elements: failed on request of a test", elements));
  }
  std::size_t wanted = 0;
  if (__builtin_mul_overflow(static_cast<std::size_t>(elements), sizeof(Real), &wanted) ||
      wanted > (std::size_t{1} << 62)) {
    throw OutOfMemory(fmt::format("[allocate] {} elements do not fit into memory", elements));
  }
  const std::uint32_t size_class = class_of(wanted);
  const std::size_t bytes = pass_through() ? wanted : bytes_of(size_class);
  check_cap(heap, bytes);
  auto* storage = new (take_block(sizeof(Storage))) Storage;
  try {
    storage->data = static_cast<Real*>(any_block(heap, size_class, bytes));
  } catch (...) {
    return_block(storage, sizeof(Storage));
    throw;
  }
  heap.counters.live_bytes += bytes;
  heap.counters.peak_bytes = std::max(heap.counters.peak_bytes, heap.counters.live_bytes);
  storage->elements = static_cast<std::size_t>(elements);
  storage->size_class = size_class;
  if (heap.poison) fill(storage->data, storage->elements, std::numeric_limits<Real>::quiet_NaN());
  return Pointer<Storage>(storage);
}

namespace memory {

// Calls work(allocator) while no other thread is at it.
template <class Work>
static auto guarded(Work work) {
  Allocator& heap = allocator();
  const std::lock_guard lock(heap.guard);
  return work(heap);
}

Counters counters() {
  return guarded([](const Allocator& heap) { return heap.counters; });
}
void reset_peak() {
  guarded([](Allocator& heap) { heap.counters.peak_bytes = heap.counters.live_bytes; });
}
void set_cap(std::uint64_t bytes) {
  guarded([bytes](Allocator& heap) { heap.cap = bytes; });
}
void set_poison(bool on) {
  guarded([on](Allocator& heap) { heap.poison = on; });
}
void trim() {
  guarded([](Allocator& heap) { heap.trim(); });
}
void fail_allocation(std::uint64_t n) {
  guarded([n](Allocator& heap) { heap.fail_in = n; });
}

}  // namespace memory
}  // namespace heed::inline HEED_REAL
