#include "autograd/block_pool.h"

#include <array>
#include <new>
#include <utility>

namespace heed::inline HEED_REAL {
namespace {

constexpr std::size_t step = 32;
constexpr std::size_t largest = 1024;

// A returned block holds the link to the next one.
struct Link {
  Link* next;
};

struct Lists {
  std::array<Link*, largest / step + 1> heads{};
  ~Lists() {
    for (std::size_t i = 0; i < heads.size(); ++i) {
      while (Link* link = heads[i]) {
        heads[i] = link->next;
        ::operator delete(link);
      }
    }
  }
};

// One a thread: a graph belongs to a thread, and so do its blocks.
thread_local Lists lists;

}  // namespace

void* take_block(std::size_t bytes) {
  if (pass_through() || bytes > largest) return ::operator new(bytes);
  const std::size_t index = (bytes + step - 1) / step;
  Link*& head = lists.heads[index];
  if (!head) return ::operator new(index* step);
  return std::exchange(head, head->next);
}

void return_block(void* block, std::size_t bytes) {
  if (pass_through() || bytes > largest) {
    ::operator delete(block);
    return;
  }
  Link*& head = lists.heads[(bytes + step - 1) / step];
  head = new (block) Link{head};
}

}  // namespace heed::inline HEED_REAL
