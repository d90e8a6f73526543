// Random numbers that can be named: a draw is a function of (seed, stream, counter) and of nothing
// else.
//
// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
// Two integers are the whole state, so a run resumes exactly, and a stream does not depend on who
// else draws.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "autograd/tensor.h"

namespace heed::inline HEED_REAL {

class Generator {
 public:
  // Equal seeds give equal numbers.
  explicit Generator(std::uint64_t seed) : key_(seed) {}

  // An independent generator for a part of the program, named ("layers.0.dropout") or numbered (a
  // step). Depends on this one's key only, not on how much was drawn from it.
  Generator stream(std::string_view name) const;
  Generator stream(std::uint64_t number) const;

  // 32 random bits.
  std::uint32_t bits();
  // Uniform in [0, 1).
  double uniform();
  // Uniform in [low, high).
  double uniform(double low, double high);
  // Standard normal.
  double normal();
  // A whole number in [0, n). Without modulo bias. n > 0.
  std::int32_t below(std::int32_t n);
  // 0 ... n - 1 in random order.
  std::vector<std::int32_t> permutation(std::int32_t n);

  // A tensor of independent draws.
  Tensor uniform(const Shape& shape, double low, double high);
  Tensor normal(const Shape& shape, double mean = 0, double deviation = 1);

  // The whole state, for checkpoints.
  std::uint64_t key() const { return key_; }
  std::uint64_t counter() const { return counter_; }
  void restore(std::uint64_t key, std::uint64_t counter) {
    key_ = key;
    counter_ = counter;
  }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;  // 32-bit words drawn so far
};

}  // namespace heed::inline HEED_REAL
