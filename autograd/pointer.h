// A counted pointer whose count lives in the object: one word, no control block. Any thread may
// copy and drop it.
#pragma once

#include <utility>

#include "autograd/real.h"

namespace heed::inline HEED_REAL {

// T provides, by argument-dependent lookup, retain(T*) and release(T*).
template <class T>
class Pointer {
 public:
  Pointer() = default;
  explicit Pointer(T* object) : object_(object) {
    if (object_) retain(object_);
  }
  Pointer(const Pointer& other) : Pointer(other.object_) {}
  Pointer(Pointer&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Pointer& operator=(Pointer other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Pointer() {
    if (object_) release(object_);
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  friend bool operator==(const Pointer& a, const Pointer& b) { return a.object_ == b.object_; }

 private:
  T* object_ = nullptr;
};

}  // namespace heed::inline HEED_REAL
