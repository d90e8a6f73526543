#include "autograd/block_pool.h"

#include <array>
#include <new>
#include <utility>

namespace heed::inline HEED_REAL {
namespace {

constexpr std::size_t step = 32;
constexpr std::size_t largest = 1024;
// What a thread keeps at most: enough for the graph of a step. Who only drops what others make
// gives the rest back to the system.
constexpr std::size_t most_kept = std::size_t{16} << 20;

// A returned block holds the link to the next one.
struct Link {
  Link* next;
};

// One a thread. Nothing in it has a destructor, so that tensors may be dropped while the thread's
// other variables are being destroyed, and after them: the statics of main.
struct Lists {
  std::array<Link*, largest / step + 1> heads;
  std::size_t kept;  // bytes
  bool closed;       // the thread ends: nothing is kept any more
};

constinit thread_local Lists lists{};

// Gives everything back when the thread ends.
struct Closing {
  bool due = false;
  ~Closing() {
    lists.closed = true;
    for (Link*& head : lists.heads) {
      while (head) ::operator delete(std::exchange(head, head->next));
    }
    lists.kept = 0;
  }
};

thread_local Closing closing;

}  // namespace

void* take_block(std::size_t bytes) {
  if (pass_through() || bytes > largest) return ::operator new(bytes);
  const std::size_t index = (bytes + step - 1) / step;
  Link*& head = lists.heads[index];
  if (!head) return ::operator new(index * step);
  lists.kept -= index * step;
  return std::exchange(head, head->next);
}

void return_block(void* block, std::size_t bytes) {
  const std::size_t index = (bytes + step - 1) / step;
  if (pass_through() || bytes > largest || lists.closed || lists.kept >= most_kept) {
    ::operator delete(block);
    return;
  }
  Link*& head = lists.heads[index];
  if (!head) closing.due = true;  // the first use of the variable is what makes it
  lists.kept += index * step;
  head = new (block) Link{head};
}

}  // namespace heed::inline HEED_REAL
