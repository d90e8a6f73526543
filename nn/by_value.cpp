#include "nn/by_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include "autograd/errors.h"
#include "nn/module.h"
#include "nn/type_name.h"

namespace heed::inline HEED_REAL::nn::by_value {
namespace {

// A module that nobody owns yet: its constructor may still be running.
struct Open {
  Module* module;
  std::thread::id thread;
};

std::mutex guard;

std::vector<Open>& open_modules() {
  static std::vector<Open> modules;
  return modules;
}

thread_local std::size_t* question = nullptr;

// Of an abstract class there is no whole object, so while its constructor runs g++ leaves the entry
// of the deleting destructor empty: the second in Module's table, in the ABI that g++ and clang
// share.
bool has_deleting_destructor(const Module& module) {
  void* const* table = nullptr;
  std::memcpy(&table, &module, sizeof(table));
  return table[1] != nullptr;
}

// The size of the whole object, as far as its construction has come; 0 when that is an abstract
// class.
std::size_t object_size(Module& module) {
  std::size_t bytes = 0;
  if (!has_deleting_destructor(module)) return bytes;
  question = &bytes;
  delete &module;  // asks only: operator delete sees the question and leaves the object alone
  question = nullptr;
  return bytes;
}

const std::byte* first_byte(const Module& module) {
  return static_cast<const std::byte*>(dynamic_cast<const void*>(&module));
}

[[noreturn]] void refuse(const Module& owner) {
  throw GraphError(fmt::format(
      "[Module] {} holds a module by value: its parameters would not be found\n"
      "hint: hold a reference and let child() build it: nn::Linear& linear_; in the class, and "
      "linear_(child<nn::Linear>(\"linear\", ...)) in the constructor",
      type_name(owner)));
}

}  // namespace

void enter(Module& module) {
  const std::thread::id here = std::this_thread::get_id();
  const std::byte* const at = reinterpret_cast<const std::byte*>(&module);
  const std::lock_guard lock(guard);
  for (const Open& open : open_modules()) {
    if (open.thread != here) continue;
    const std::byte* const first = first_byte(*open.module);
    if (at >= first && at < first + object_size(*open.module)) refuse(*open.module);
  }
  open_modules().push_back({&module, here});
}

void leave(Module& module) {
  const std::lock_guard lock(guard);
  std::erase_if(open_modules(), [&](const Open& open) { return open.module == &module; });
}

bool answer_size(std::size_t bytes) {
  if (!question) return false;
  *question = bytes;
  return true;
}

}  // namespace heed::inline HEED_REAL::nn::by_value
