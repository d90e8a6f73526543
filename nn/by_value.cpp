#include "nn/by_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <vector>

#include "autograd/errors.h"
#include "autograd/fork_safety.h"
#include "nn/module.h"
#include "nn/type_name.h"

namespace heed::inline HEED_REAL::nn::by_value {
namespace {

struct Block {
  std::size_t bytes;
  Module* owner;  // the first Module constructed in it
};

struct Registry {
  std::mutex guard;
  std::map<const std::byte*, Block> blocks;  // by first byte
  std::vector<const Module*> loose;          // in no block, and owned by nobody
};

// Never destroyed: a Module in a static variable outlives any static of ours.
Registry& registry() {
  static auto* const all = [] {
    auto* const made = new Registry;
    hold_during_fork(made->guard);
    return made;
  }();
  return *all;
}

thread_local std::size_t* question = nullptr;

// The length of a whole object. A Module is never const itself: nothing below changes it anyway.
std::size_t length_of(const Module& module) {
  std::size_t bytes = 0;
  question = &bytes;
  delete &module;  // asks only: operator delete sees the question and leaves the object alone
  question = nullptr;
  return bytes;
}

const std::byte* address(const void* object) { return static_cast<const std::byte*>(object); }

[[noreturn]] void refuse(const Module& owner) {
  throw GraphError(fmt::format(
      "[Module] {} holds a module by value: its parameters would not be found\n"
      "hint: hold a reference and let child() build it: nn::Linear& linear_; in the class, and "
      "linear_(child<nn::Linear>(\"linear\", ...)) in the constructor",
      type_name(owner)));
}

}  // namespace

void* allocate(std::size_t bytes) {
  void* const block = ::operator new(bytes);
  const std::lock_guard lock(registry().guard);
  registry().blocks[address(block)] = {bytes, nullptr};
  return block;
}

void deallocate(void* block) {
  {
    const std::lock_guard lock(registry().guard);
    registry().blocks.erase(address(block));
  }
  ::operator delete(block);
}

void enter(Module& module) {
  const std::lock_guard lock(registry().guard);
  auto& blocks = registry().blocks;
  const auto after = blocks.upper_bound(address(&module));
  if (after == blocks.begin()) return registry().loose.push_back(&module);
  auto& [first, block] = *std::prev(after);
  if (address(&module) >= first + block.bytes) return registry().loose.push_back(&module);
  if (block.owner) refuse(*block.owner);
  block.owner = &module;
}

void leave(Module& module) {
  const std::lock_guard lock(registry().guard);
  std::erase(registry().loose, &module);
}

void check(const Module& module) {
  const std::byte* const first = address(dynamic_cast<const void*>(&module));
  const std::lock_guard lock(registry().guard);
  if (registry().blocks.contains(first)) return;  // enter() has seen to it
  for (const Module* other : registry().loose) {
    const std::byte* const at = address(other);
    if (other != &module && at > first && at < first + length_of(module)) refuse(module);
  }
}

bool answer_length(std::size_t bytes) {
  if (!question) return false;
  *question = bytes;
  return true;
}

}  // namespace heed::inline HEED_REAL::nn::by_value
